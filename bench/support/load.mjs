import autocannon from 'autocannon';

/**
 * Loads servers in turn, a second each (A B C A B C …), so that whatever else the machine does meets all of them alike.
 * It begins when so many `members` have asked for their load; `leave` is for one that never will.
 *
 * This process never sleeps meanwhile. A server that is quicker than its load finds the generator awake; one that is a little
 * slower has to wake it with each answer, which on a virtual machine costs that server as much as the work in question.
 */
export function inTurns(members) {
  let expected = members;
  let waiting = [];
  const beginIfAll = () => {
    if (waiting.length === 0 || waiting.length < expected) return;
    const all = waiting;
    waiting = [];
    loadAll(all).catch((error) => {
      for (const { reject } of all) reject(error);
    });
  };
  return {
    load: ({ target, seconds }) =>
      new Promise((resolve, reject) => {
        waiting.push({ target, seconds, resolve, reject, times: [], busyMs: 0, errors: 0 });
        beginIfAll();
      }),
    leave() {
      expected--;
      beginIfAll();
    },
  };
}

async function loadAll(servers) {
  let loading = true;
  const stayAwake = () => loading && setImmediate(stayAwake);
  stayAwake();
  try {
    for (let second = 0; second < Math.max(...servers.map(({ seconds }) => seconds)); second++) {
      for (const server of servers) await loadForASecond(server);
    }
  } finally {
    loading = false;
  }
  for (const { resolve, times, busyMs, errors } of servers) {
    times.sort((a, b) => a - b);
    resolve({ perSecond: (1000 * times.length) / busyMs, p99: times[Math.floor(times.length * 0.99)], errors });
  }
}

let device = 0;

/** 50 connections, each request from another of 1 000 devices. Requests a second count from the first answer to the last. */
async function loadForASecond(server) {
  let first;
  let last;
  const load = autocannon({
    url: server.target,
    connections: 50,
    duration: 1,
    requests: Array.from({ length: 1000 }, () => ({ headers: { 'x-device-id': `visitor-${device++ % 1000}` } })),
  });
  load.on('response', (_client, _status, _bytes, took) => {
    last = performance.now();
    first ??= last;
    server.times.push(took);
  });
  const { errors, non2xx } = await load;
  server.errors += errors + non2xx;
  server.busyMs += last - first;
}
