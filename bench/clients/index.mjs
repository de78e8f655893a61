/**
 * The clients under test. Each file exports `start({ url, folder, many, settings })`, which gives
 * `{ track(deviceId, n), flush(), close?(), stats?() }`: `track` records the benchmark's event, `flush` delivers by the
 * client's own means and resolves when it says that it is done.
 *
 * `default` variants are the client as its manual starts it; `tuned` ones are set by hand for bulk transfer, to be fair
 * to clients whose defaults are made for little traffic.
 */
export const CLIENTS = [
  { name: 'countly-weave', module: 'countly-weave' },
  { name: 'countly-weave memory', module: 'countly-weave', settings: { durability: 'memory' } },
  { name: 'countly-sdk file (default)', module: 'countly-sdk', slow: true },
  { name: 'countly-sdk memory', module: 'countly-sdk', settings: { storage_type: 'memory' }, slow: true },
  {
    name: 'countly-sdk memory tuned',
    module: 'countly-sdk',
    settings: { storage_type: 'memory', interval: 1, max_events: 1000, force_post: true },
    bulk: { storage_type: 'memory', interval: 1, bulk_size: 250, max_events: 1000, force_post: true },
    tuned: true,
  },
  { name: 'posthog', module: 'posthog' },
  {
    name: 'posthog tuned',
    module: 'posthog',
    settings: { flushAt: 1000, maxBatchSize: 1000, maxQueueSize: 1e6 },
    tuned: true,
  },
  { name: 'segment', module: 'segment' },
  { name: 'segment tuned', module: 'segment', settings: { flushAt: 1000, flushInterval: 1000 }, tuned: true },
  { name: 'mixpanel batched by hand', module: 'mixpanel' },
  { name: 'amplitude', module: 'amplitude' },
];

export const PACKAGES = [
  'countly-weave',
  'countly-sdk-nodejs',
  'posthog-node',
  '@segment/analytics-node',
  'mixpanel',
  '@amplitude/analytics-node',
  '@rudderstack/rudder-sdk-node',
  '@snowplow/node-tracker',
];

export async function startClient({ module, settings = {}, bulk }, { url, folder, many = false }) {
  const { start } = await import(`./${module}.mjs`);
  return start({ url, folder, many, settings: many && bulk ? bulk : settings });
}
