import type { FeaturePort, Target } from './feature.js';

/** How the client fared until now. */
export interface Health {
  /** Errors and warnings that were logged. */
  readonly errors: number;
  readonly warnings: number;
  /** Why a delivery failed last; undefined when none did. */
  readonly failure: string | undefined;
  /** How often a slow answer made us pause. */
  readonly pauses: number;
}

const LONGEST = 100;

/**
 * Tells the server once how this client fares, as Countly's own SDKs do after their start (docs/protocol.md §2.3). It is no
 * entry: nobody accepted it, and nobody misses it.
 */
export async function reportHealth(port: FeaturePort, target: Target, health: Health): Promise<void> {
  const { errors, warnings, failure = '', pauses } = health;
  // The status stands in the reason, where there was an answer at all.
  const status = Number(/\b[1-5]\d\d\b/.exec(failure)?.[0] ?? -1);
  const hc = { el: errors, wl: warnings, sc: status, em: failure.slice(0, LONGEST), bom: pauses, cbom: pauses };
  await port.query(target, { path: '/i', fields: { hc: JSON.stringify(hc) }, awaited: false });
}
