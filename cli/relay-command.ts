import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Countly, type FleetStatus, prometheusText } from '../lib/index.js';
import type { RelayTask } from './fleet-arguments.js';
import { print } from './output.js';

/** Time for what is on the wire; then the leases are given back. */
const LEAVE_MS = 900;

/** Sends what others hand over, until a signal ends it; the exit code. */
export async function runRelay(task: RelayTask): Promise<number> {
  const { redisFleet } = await import('../lib/redis/index.js');
  const { redis, prefix, lanes, url, appKey, salt, storage } = task;
  const relay = new Countly({
    name: 'relay',
    url,
    appKey,
    salt,
    ...(storage === undefined ? { durability: 'memory' } : { storagePath: storage }),
    deviceId: 'relay',
    healthCheck: false,
    fleet: redisFleet({ url: redis, prefix, lanes }),
  });
  const ended = signalled();
  const server = await answering(relay, task);
  const { address, family, port } = server.address() as AddressInfo;
  print(`The relay listens on http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
  await ended;
  server.closeAllConnections();
  server.close();
  await relay.close({ timeout: LEAVE_MS });
  return 0;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

async function answering(relay: Countly, { port, host }: RelayTask): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (code: number, type: string, body: string) =>
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    if (request.method !== 'GET' || (request.url !== '/health' && request.url !== '/metrics')) {
      return void answer(404, 'text/plain', 'There are /health and /metrics.\n');
    }
    relay.fleet?.status().then(
      (status) =>
        request.url === '/health'
          ? answer(200, 'application/json', `${JSON.stringify({ status: 'ok', pending: status.ledger.pending })}\n`)
          : answer(200, 'text/plain; version=0.0.4', metricsText(status)),
      () => answer(503, 'application/json', '{"status":"error","reason":"Redis does not answer"}\n'),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

/** The ledger of the whole fleet, and how full it is, in Prometheus' text format. */
function metricsText({ ledger, entries, bytes, lanes, pods }: FleetStatus): string {
  const oldest = Math.min(...lanes.map((lane) => lane.oldest ?? Number.POSITIVE_INFINITY));
  const gauges = [
    ['fleet_entries', 'Entries that wait in Redis.', entries],
    ['fleet_bytes', 'Bytes that wait in Redis.', bytes],
    ['fleet_lanes_unheld', 'Lanes that nobody sends.', lanes.filter(({ holder }) => holder === undefined).length],
    ['fleet_processes', 'Processes of the fleet.', pods.length],
    [
      'fleet_oldest_seconds',
      'Age of the oldest entry that waits in Redis.',
      Number.isFinite(oldest) ? Math.max(0, (Date.now() - oldest) / 1000) : 0,
    ],
  ] as const;
  const lines = gauges.flatMap(([name, help, value]) => {
    const full = `countly_weave_${name}`;
    return [`# HELP ${full} ${help}`, `# TYPE ${full} gauge`, `${full} ${value}`];
  });
  return `${prometheusText(ledger, 'fleet')}${lines.join('\n')}\n`;
}
