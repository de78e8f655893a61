import { inspected, type KnownMethod, type ObservedCall } from '../../inspection/contract.js';
import { shared } from '../../shared.js';
import { type CallMessage, observeCalls } from './call-channel.js';
import type { Site, WeaveRecord, Woven } from './woven.js';

interface AllWoven {
  /** Weak, so that a class that is gone is not kept. */
  refs: WeakRef<Woven>[];
  /** So many, and it is looked which are gone. */
  full: number;
  /** Each decorator knows its own site; the method is found by it. */
  readonly bySite: WeakMap<Site, Woven>;
}

const FEW = 1000;
const all = shared('all-woven.1', (): AllWoven => ({ refs: [], full: FEW, bySite: new WeakMap() }));

/** Remembers what was woven, so that an inspector can be told also of what is never called. */
export function rememberWoven(woven: Woven, isNew: boolean, sites: readonly Site[]): void {
  for (const site of sites) all.bySite.set(site, woven);
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
    return site === undefined ? undefined : all.bySite.get(site);
  },
  observe(told) {
    const methods = new WeakMap<readonly WeaveRecord[], Woven>();
    const methodOf = (records: readonly WeaveRecord[]): Woven | undefined => {
      if (!methods.has(records)) {
        for (const ref of all.refs) {
          const woven = ref.deref();
          if (woven !== undefined) methods.set(woven.records, woven);
        }
      }
      return methods.get(records);
    };
    return observeCalls({
      around: (_message, work) => work(),
      ended(message: CallMessage, failed: boolean) {
        const method = methodOf(message.records);
        if (method !== undefined) told(callOf(method, message, failed));
      },
    });
  },
};

function callOf(method: Woven, { className, durationMs = 0 }: CallMessage, failed: boolean): ObservedCall {
  return { method, className, failed, durationMs };
}

function knownOf({ original, site, records, decorators }: Woven): KnownMethod {
  return {
    className: site.className(undefined),
    methodName: site.methodName,
    isStatic: site.isStatic,
    original: original as KnownMethod['original'],
    decorators: records.map(({ kind, key }, index) => ({ decorator: decorators[index] ?? kind, kind, key })),
  };
}
