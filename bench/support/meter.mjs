import { monitorEventLoopDelay } from 'node:perf_hooks';
import { diskBytes } from './disk-bytes.mjs';
import { plainEvent } from './event.mjs';

/**
 * Measures the process from here on. CPU is that of all its threads, so work moved to a worker or to libuv's pool counts.
 *
 * @param {{ loop?: boolean }} [options] `loop` also watches the event loop, which costs about 1 % of a core itself
 */
export function startMeter({ loop = false } = {}) {
  const histogram = loop ? monitorEventLoopDelay({ resolution: 1 }) : undefined;
  histogram?.enable();
  const disk = diskBytes();
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const used = process.cpuUsage(cpu);
    const wallMs = performance.now() - wall;
    histogram?.disable();
    return {
      cpuMs: (used.user + used.system) / 1000,
      wallMs,
      rssMb: process.memoryUsage().rss / 1048576,
      diskBytes: diskBytes() - disk,
      ...(histogram === undefined
        ? {}
        : {
            loopP99Ms: histogram.percentile(99) / 1e6,
            loopMaxMs: histogram.max / 1e6,
            loopMeanMs: histogram.mean / 1e6,
          }),
    };
  };
}

/**
 * CPU time of all threads so far, in microseconds. Unlike the clock it does not run while other processes of a busy
 * machine have the core.
 */
export function cpuNow() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * CPU microseconds of `JSON.stringify` of the benchmark's event, here and now: the measure that makes figures of a busy
 * and of a quiet machine comparable.
 */
export function stringifyUs(repeat = 20_000) {
  let size = 0;
  for (let n = 0; n < 2000; n++) size += JSON.stringify(plainEvent(n)).length;
  const from = cpuNow();
  for (let n = 0; n < repeat; n++) size += JSON.stringify(plainEvent(n)).length;
  const cpuUs = (cpuNow() - from) / repeat;
  if (size === 0) throw new Error('nothing was stringified');
  return cpuUs;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
