import autocannon from 'autocannon';

/**
 * 50 connections against a page for so many seconds, each request from another of 1 000 devices. How many requests a second
 * that were is for the server to say: autocannon ends on a tick of one second and counts the rest of it in.
 *
 * This process never sleeps meanwhile. A server that is quicker than its load finds the generator awake; one that is a little
 * slower has to wake it with each answer, which on a virtual machine costs that server as much as the work in question.
 */
export async function load({ target, seconds }) {
  let device = 0;
  let loading = true;
  const stayAwake = () => loading && setImmediate(stayAwake);
  stayAwake();
  try {
    const { latency, errors, non2xx } = await autocannon({
      url: target,
      connections: 50,
      duration: seconds,
      requests: Array.from({ length: 1000 }, () => ({ headers: { 'x-device-id': `visitor-${device++}` } })),
    });
    return { p99: latency.p99, errors: errors + non2xx };
  } finally {
    loading = false;
  }
}
