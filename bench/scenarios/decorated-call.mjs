import { cpuNow, startMeter } from '../support/meter.mjs';
import { spread } from '../support/rounds.mjs';
import { loadWeaving } from '../weaving/index.mjs';

class Work {
  total = 0;
  // Kept a small integer: beyond 2^31 every addition would make a number object, in all variants and none of their doing.
  sync(a, b) {
    this.total = (this.total + a) | 0;
    return b;
  }
  async async(a, b) {
    this.total = (this.total + a) | 0;
    return b;
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Cost of one call of a decorated method, in portions so that what was recorded can leave in between. */
export default async function decoratedCall({ variant, method, calls, url, folder }, sink) {
  await sink.reset();
  const weaving = await loadWeaving(variant, { url, folder });
  weaving.weave(Work.prototype, method);
  const work = new Work();
  const portion = variant.light ? 20_000 : 500;
  const portions = [];
  const stop = startMeter();
  for (let done = 0; done < calls; done += portion) {
    const from = cpuNow();
    if (method === 'sync') for (let i = 0; i < portion; i++) work.sync(i, done);
    else for (let i = 0; i < portion; i++) await work.async(i, done);
    portions.push(((cpuNow() - from) * 1000) / portion);
    await pause(variant.light ? 0 : 2);
  }
  await weaving.flush?.();
  const { cpuMs } = stop();
  if (weaving.flush !== undefined) await pause(300);
  const { distinct } = await sink.count();
  if (work.total === 0) throw new Error('the work was not done');
  return {
    // The first third warms the compiler up; the median leaves out interruptions.
    callNs: spread(portions.slice(portions.length / 3)).median,
    cpuUs: (cpuMs * 1000) / calls,
    delivered: distinct / calls,
  };
}
