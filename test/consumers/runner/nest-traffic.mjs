import { setTimeout as pause } from 'node:timers/promises';
import { inSlot, start } from './processes.mjs';

const BOOT_MS = 60_000;
const EXIT_MS = 15_000;
const VISITORS = ['ann', 'bob'];
const ORDER = { item: 'book', pieces: 2, price: 12.5, email: 'ann@example.com' };

/** Boots one compiled application, sends it the requests of two visitors, closes it; gives what it wrote and how it ended. */
export function serveOnce(node, entry, { cwd, url, appKey, storagePath }) {
  return inSlot(async () => {
    const env = { COUNTLY_URL: url, COUNTLY_APP_KEY: appKey, XDG_STATE_HOME: storagePath };
    const { child, output, ended } = start(node, [entry], { cwd, env, timeout: BOOT_MS + EXIT_MS });
    try {
      const base = `http://127.0.0.1:${await portOf(output, ended)}`;
      // At the same time, so that a scope which leaks gets the chance to.
      await Promise.all(VISITORS.map((visitor) => visit(base, visitor)));
      await refused(base);
    } finally {
      // Waited for in any case: a process that is still there must not outlive its slot.
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
      await ended;
      clearTimeout(timer);
    }
    return ended;
  });
}

async function portOf(output, ended) {
  let result;
  void ended.then((value) => {
    result = value;
  });
  for (let waited = 0; waited < BOOT_MS; waited += 20) {
    const port = /^listening (\d+)$/m.exec(output.stdout)?.[1];
    if (port !== undefined) return port;
    if (result !== undefined) throw new Error(`it ended with ${result.code} at boot\n${result.stdout}${result.stderr}`);
    await pause(20);
  }
  throw new Error(`it does not listen\n${output.stdout}${output.stderr}`);
}

async function visit(base, visitor) {
  const headers = { 'x-visitor-id': visitor, 'x-role': 'customer', 'content-type': 'application/json' };
  const order = await fetch(`${base}/orders`, { method: 'POST', headers, body: JSON.stringify(ORDER) });
  const receipt = await order.json();
  // The guard read its roles, the body was parsed, the parameter decorator found the visitor's scope.
  if (order.status !== 201 || receipt.total !== 25 || receipt.visitor !== visitor) {
    throw new Error(`POST /orders answered ${order.status} ${JSON.stringify(receipt)}`);
  }
  const page = await (await fetch(`${base}/orders/page`, { headers })).text();
  if (page !== 'page') throw new Error(`GET /orders/page answered ${page}`);
  const broken = await fetch(`${base}/orders/17`, { headers });
  const { message } = await broken.json();
  if (broken.status !== 500 || message !== 'order 17 cannot be read') {
    throw new Error(`GET /orders/17 answered ${broken.status} ${message}`);
  }
}

/** A visitor without the role: the metadata the guard reads must have survived the weaving. */
async function refused(base) {
  const headers = { 'x-visitor-id': 'eve', 'content-type': 'application/json' };
  const { status } = await fetch(`${base}/orders`, { method: 'POST', headers, body: JSON.stringify(ORDER) });
  if (status !== 403) throw new Error(`a visitor without the role got ${status}`);
}
