/** How delivery fares. */
export interface Progress {
  /** Whom something was delivered for last; the server knows this device. */
  knownDevice: string | undefined;
  /** Why a delivery failed last. */
  failure: string | undefined;
  /** How often a slow answer made us pause. */
  pauses: number;
  /** Milliseconds since the epoch. */
  lastDeliveryAt: number | undefined;
}

export function newProgress(): Progress {
  return { knownDevice: undefined, failure: undefined, pauses: 0, lastDeliveryAt: undefined };
}
