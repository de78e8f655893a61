// The server side of every benchmark, in a process of its own: takes what the clients send and counts what arrived.
import { createServer } from 'node:http';
import { WARM_UP_FROM } from './event.mjs';
import { readRequest } from './sink-protocols.mjs';

let mode = 'ok';
/** What a server answers that fails, and to how many requests before all is well again. */
let failure = { status: 503, times: Number.POSITIVE_INFINITY };
let seen = new Uint8Array(0);
/** When each came first, in ms since 1970. */
let arrivedAt = new Float64Array(0);
let counts = emptyCounts();
const waiters = new Set();

function emptyCounts() {
  return { events: 0, distinct: 0, duplicates: 0, requests: 0, bytes: 0, paths: {}, firstAt: 0, lastAt: 0 };
}

function count(method, url, headers, raw) {
  counts.requests++;
  counts.bytes += raw.length;
  const path = url.split('?', 1)[0];
  counts.paths[path] = (counts.paths[path] ?? 0) + 1;
  const { serials, answer } = readRequest(method, url, headers, raw);
  const now = Date.now();
  for (const n of serials) {
    if (seen.length > 0 && n >= WARM_UP_FROM) continue;
    counts.events++;
    if (n < 0 || n >= seen.length || seen[n] === 0) counts.distinct++;
    else counts.duplicates++;
    if (n >= 0 && n < seen.length && seen[n] === 0) {
      seen[n] = 1;
      arrivedAt[n] = now;
    }
  }
  if (serials.length > 0) {
    counts.lastAt = now;
    counts.firstAt ||= now;
  }
  for (const waiter of waiters) if (counts.distinct >= waiter.total) waiter.done();
  return answer;
}

const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (mode === 'hang') return;
    if (mode === 'fail') {
      if (--failure.times <= 0) mode = 'ok';
      return response.writeHead(failure.status).end('{"result":"down"}');
    }
    const answer = count(request.method, request.url, request.headers, Buffer.concat(chunks));
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
});

const commands = {
  /** From now on so many events are expected, by their serial numbers; without a size, all count. */
  reset({ size }) {
    counts = emptyCounts();
    seen = new Uint8Array(size ?? 0);
    arrivedAt = new Float64Array(size ?? 0);
    mode = 'ok';
  },
  /** `fail` answers so many requests with this status; without a number, all. */
  mode({ value, status = 503, times = Number.POSITIVE_INFINITY }) {
    failure = { status, times };
    if (value === 'down') {
      server.close();
      server.closeAllConnections();
    } else if (mode === 'down') {
      server.listen(port, '127.0.0.1');
    }
    mode = value;
  },
  count: () => counts,
  arrivals: () => [...arrivedAt],
  /** Answers when so many distinct events have arrived, or after the time. */
  arrival: ({ total, timeoutMs }) =>
    new Promise((resolve) => {
      const waiter = { total, done };
      const timer = setTimeout(done, timeoutMs);
      function done() {
        clearTimeout(timer);
        waiters.delete(waiter);
        resolve(counts);
      }
      waiters.add(waiter);
      if (counts.distinct >= total) done();
    }),
};

let port = 0;
server.listen(0, '127.0.0.1', () => {
  port = server.address().port;
  process.send({ port });
});
process.on('message', async ({ id, command, ...rest }) => {
  const result = await commands[command](rest);
  if (process.connected) process.send({ id, result });
});
process.on('disconnect', () => process.exit());
