import type { FeaturePort, Target } from './feature.js';

/** How delivery fared until now. */
export interface Progress {
  /** Whom something was delivered for last; the server knows this device. */
  knownDevice: string | undefined;
  /** Why a delivery failed last; undefined when none did. */
  failure: string | undefined;
  /** How often a slow answer made us pause. */
  pauses: number;
  /** Milliseconds since the epoch. */
  lastDeliveryAt: number | undefined;
}

const LONGEST = 100;

/**
 * Tells the server once how this client fares, as Countly's own SDKs do after their start (docs/protocol.md §2.3). It is no
 * entry: nobody accepted it, and nobody misses it.
 */
export async function reportHealth(
  port: FeaturePort,
  target: Target,
  { failure = '', pauses }: Progress,
): Promise<void> {
  const { errors, warnings } = port.reporter.written;
  // The status stands in the reason, where there was an answer at all.
  const status = Number(/\b[1-5]\d\d\b/.exec(failure)?.[0] ?? -1);
  const hc = { el: errors, wl: warnings, sc: status, em: failure.slice(0, LONGEST), bom: pauses, cbom: pauses };
  await port.query(target, { path: '/i', fields: { hc: JSON.stringify(hc) }, awaited: false });
}
