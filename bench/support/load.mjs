import autocannon from 'autocannon';

/** 50 connections against a page until so many answers came or so much time went by, each request from another of 1 000 devices. */
export async function load({ target, amount, seconds }) {
  let device = 0;
  const run = autocannon({
    url: target,
    connections: 50,
    amount,
    requests: Array.from({ length: 1000 }, () => ({ headers: { 'x-device-id': `visitor-${device++}` } })),
  });
  const timer = setTimeout(() => run.stop(), seconds * 1000);
  const result = await run;
  clearTimeout(timer);
  const { latency, errors, non2xx } = result;
  return { average: result.requests.total / result.duration, p99: latency.p99, errors: errors + non2xx };
}
