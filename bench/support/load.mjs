import autocannon from 'autocannon';
import { pause } from './meter.mjs';

/**
 * 50 connections against a server, each request from another of 1 000 devices; after some seconds to warm up every second
 * has a result of its own. `GET /meter` of the server tells its CPU time and what it has served.
 *
 * This process never sleeps meanwhile. A server that is quicker than its load finds the generator awake; one that is a little
 * slower has to wake it with each answer, which on a virtual machine costs that server as much as the work in question.
 */
export async function load({ origin, warmUp, seconds }) {
  let loading = true;
  const stayAwake = () => loading && setImmediate(stayAwake);
  stayAwake();
  let device = 0;
  let times = [];
  const running = autocannon({
    url: `${origin}/items/17`,
    connections: 50,
    // It ends on a tick of one second: a second more, and the load lasts as long as it is measured.
    duration: warmUp + seconds + 1,
    requests: Array.from({ length: 1000 }, () => ({ headers: { 'x-device-id': `visitor-${device++}` } })),
  });
  running.on('response', (_client, _status, _bytes, took) => times.push(took));
  try {
    await pause(warmUp * 1000);
    const results = [];
    for (let before = await meterOf(origin); results.length < seconds; ) {
      const from = performance.now();
      times = [];
      await pause(1000);
      const answers = times.sort((a, b) => a - b);
      const perSecond = (answers.length * 1000) / (performance.now() - from);
      const now = await meterOf(origin);
      const cpuUs = (now.cpuUs - before.cpuUs) / (now.served - before.served);
      results.push({ perSecond, p99: answers[Math.floor(answers.length * 0.99)], cpuUs });
      before = now;
    }
    const { errors, non2xx } = await running;
    return { seconds: results, errors: errors + non2xx };
  } finally {
    loading = false;
  }
}

async function meterOf(origin) {
  return (await fetch(`${origin}/meter`)).json();
}
