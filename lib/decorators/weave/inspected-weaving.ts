import { inspected, type KnownMethod } from '../../inspection/contract.js';
import { shared } from '../../shared.js';
import { observeCalls } from './call-channel.js';
import type { Site, WeaveRecord, Woven } from './woven.js';

interface AllWoven {
  /** Weak, so that a class that is gone is not kept. */
  refs: WeakRef<Woven>[];
  /** So many, and it is looked which are gone. */
  full: number;
  /** Each decorator knows its own site, and each call the records of its method; the method is found by either. */
  readonly known: WeakMap<Site | readonly WeaveRecord[], Woven>;
}

const FEW = 1000;
const all = shared('all-woven.2', (): AllWoven => ({ refs: [], full: FEW, known: new WeakMap() }));

/** Remembers what was woven, so that an inspector can be told also of what is never called. */
export function rememberWoven(woven: Woven, isNew: boolean, site: Site): void {
  all.known.set(site, woven).set(woven.records, woven);
  if (!isNew) return;
  all.refs.push(new WeakRef(woven));
  if (all.refs.length <= all.full) return;
  all.refs = all.refs.filter((ref) => ref.deref() !== undefined);
  all.full = Math.max(FEW, 2 * all.refs.length);
}

inspected.weaving ??= {
  methods() {
    const found = new Map<object, KnownMethod>();
    for (const ref of all.refs) {
      const woven = ref.deref();
      if (woven !== undefined) found.set(woven, knownOf(woven));
    }
    return found;
  },
  methodOf(recorder) {
    const { site } = recorder as { readonly site?: Site };
    return site === undefined ? undefined : all.known.get(site);
  },
  observe(told) {
    return observeCalls({
      around: (_message, work) => work(),
      ended({ records, className, durationMs = 0 }, failed) {
        const method = all.known.get(records);
        if (method !== undefined) told({ method, className, failed, durationMs });
      },
    });
  },
};

function knownOf({ original, site, records, decorators }: Woven): KnownMethod {
  return {
    className: site.className(undefined),
    methodName: site.methodName,
    isStatic: site.isStatic,
    original: original as KnownMethod['original'],
    decorators: records.map(({ kind, key }, index) => ({ decorator: decorators[index] ?? kind, kind, key })),
  };
}
