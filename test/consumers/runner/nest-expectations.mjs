import assert from 'node:assert/strict';

/** What the collector must have of one run: each visitor's own, once, and nothing of the one who was refused. */
export function assertRecorded(inspector, appKey) {
  const rows = (columns, table) =>
    inspector.query(`SELECT ${columns} FROM ${table} WHERE app_key = ? ORDER BY device_id, 2`, appKey);

  const events = rows('device_id, key, count, sum, dur, segmentation', 'events').filter(
    (row) => !row.key.startsWith('[CLY]_'),
  );
  const both = (make) => ['ann', 'bob'].flatMap(make);
  assert.deepEqual(
    events.map(({ device_id, key, count, sum, segmentation }) => ({
      device_id,
      key,
      count,
      sum,
      segmentation: JSON.parse(segmentation ?? '{}'),
    })),
    both((device_id) => [
      { device_id, key: 'order_placed', count: 1, sum: 25, segmentation: { count: 2, item: 'book' } },
      { device_id, key: 'payment', count: 1, sum: null, segmentation: { currency: 'EUR' } },
    ]),
  );
  for (const { key, dur } of events) {
    if (key === 'payment') assert.ok(dur >= 0.014 && dur < 5, `payment took ${dur} s`);
  }
  assert.deepEqual(
    rows('device_id, name', 'views'),
    both((device_id) => [{ device_id, name: 'order_page' }]),
  );
  assert.deepEqual(
    rows('device_id, name, nonfatal', 'crashes').map(({ device_id, name, nonfatal }) => [device_id, name, nonfatal]),
    both((device_id) => [[device_id, 'InternalServerErrorException: order 17 cannot be read', 1]]),
  );
  const traces = rows('device_id, name, type, duration', 'traces');
  assert.deepEqual(
    traces.map(({ device_id, name, type }) => [device_id, name, type]),
    both((device_id) => [[device_id, 'place_order', 'device']]),
  );
  for (const { duration } of traces) assert.ok(duration >= 14 && duration < 5000, `place_order took ${duration} ms`);
  const problems = inspector.query(
    "SELECT row, message FROM problems WHERE app_key = ? AND level <> 'N' ORDER BY row",
    appKey,
  );
  assert.deepEqual(problems, [], 'the collector found something a real server would drop or change');
}

/** Nest 10 says so of its own module when it takes longer than 10 ms, as on a machine with other work. */
const SLOW_MACHINE = /The module "InternalCoreModule" is taking [\d.]+ms to serialize/;

/**
 * How the process must have ended: by itself, with nothing on stderr. That holds for Nest 12 on Node 20 as well, where
 * CommonJS loads ES modules: since 20.19 Node does so without its ExperimentalWarning.
 */
export function assertCleanEnd({ code, signal, stdout, stderr, timedOut }) {
  assert.ok(!timedOut && signal !== 'SIGKILL', `it did not end by itself\n${stdout}${stderr}`);
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, `${stdout}${stderr}`);
  assert.match(stdout, /^closed$/m);
  assert.deepEqual(warningsOf(stderr), [], stderr);
  const worries = stdout.split('\n').filter((line) => /\b(WARN|ERROR|FATAL)\b/.test(line) && !SLOW_MACHINE.test(line));
  assert.deepEqual(worries, []);
}

/** stderr without what changes from run to run: process ids, and the hint how to see where a warning came from. */
export function warningsOf(stderr) {
  return stderr
    .split('\n')
    .map((line) => line.replace(/^\(node:\d+\) /, '').trimEnd())
    .filter((line) => line !== '' && !/^\(Use `.*--trace-/.test(line));
}
