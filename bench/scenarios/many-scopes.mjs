import { startClient } from '../clients/index.mjs';
import { pause } from '../support/meter.mjs';

/** So many devices touched in turn, one after the other, each once. `what` is what is done with each. */
export default async function manyScopes({ variant, devices, what, url, folder }, sink) {
  const { client } = await startClient(variant, { url, folder });
  await sink.reset();
  const before = process.memoryUsage.rss() / 1048576;
  let peak = 0;
  const touch = {
    breadcrumb: (scope) => scope.addBreadcrumb('opened the basket'),
    'breadcrumb, view': (scope) => {
      scope.addBreadcrumb('opened the basket');
      scope.trackView('/basket');
    },
  }[what];
  const from = performance.now();
  const cpu = process.cpuUsage();
  for (let n = 0; n < devices; n++) {
    touch(client.device(`visitor-${n}`));
    if (n % 1000 !== 999) continue;
    peak = Math.max(peak, process.memoryUsage.rss() / 1048576);
    // Views are delivered meanwhile; a backlog would be measured instead of the scopes.
    do await pause(1);
    while (client.stats().pending > 5000);
  }
  const used = process.cpuUsage(cpu);
  const { accepted, dropped, devices: kept } = client.stats();
  return {
    before,
    peak,
    end: process.memoryUsage.rss() / 1048576,
    kept,
    accepted,
    lost: Object.values(dropped).reduce((sum, count) => sum + count, 0),
    cpuUs: (used.user + used.system) / devices,
    seconds: (performance.now() - from) / 1000,
  };
}
