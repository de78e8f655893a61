import { COMPARED } from '../support/compared.mjs';

const FLUSH_MS = 5000;
/** A hook that throws may cost three events or none; what comes late has come. */
const ARRIVAL_MS = 8000;
const EVENTS = 3;

/** Each gives the cell of a table. */
const QUESTIONS = {
  /** What a flush says while the server answers 500. */
  async flush({ start, sink, flushless }) {
    if (flushless) return 'there is none';
    await sink.mode({ value: 'fail', status: 500 });
    const client = await start({});
    track(client);
    return Promise.resolve(client.flush(FLUSH_MS)).then(
      (value) => `resolves: ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
      (error) => `rejects: ${error?.name ?? 'Error'}`,
    );
  },

  /** What arrives of three events when the hook before sending throws. */
  async hook({ start, sink, settings, plugin }) {
    if (settings === undefined && plugin === undefined) return 'no hook';
    const client = await start(settings ?? {});
    if (plugin !== undefined) await client.client.register(plugin);
    track(client);
    await arrived(sink, client);
    return `${(await sink.arrivals()).filter((at) => at > 0).length} of ${EVENTS}`;
  },

  /** How many reports a failure makes that passes two layers. */
  async layers({ start, sink, fail }) {
    if (fail === undefined) return 'no errors';
    const client = await start({});
    await fail(client);
    return `${await arrived(sink, client)}`;
  },
};

export default function compared({ name, question, url, folder }, sink) {
  const library = COMPARED.find((one) => one.name === name);
  const start = async (settings) => (await import(`../clients/${library.module}.mjs`)).start({ url, folder, settings });
  return sink.reset({ size: EVENTS }).then(() => QUESTIONS[question]({ ...library, start, sink }));
}

function track(client) {
  for (let n = 0; n < EVENTS; n++) client.track('visitor-1', n);
}

async function arrived(sink, client) {
  await Promise.resolve(client.flush(FLUSH_MS)).catch(() => {});
  const { distinct } = await sink.arrival({ total: Number.MAX_SAFE_INTEGER, timeoutMs: ARRIVAL_MS });
  return distinct;
}
