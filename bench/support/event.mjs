/** The event of all benchmarks: a key and three segmentation values, the last one its serial number. */
export const EVENT_KEY = 'checkout';

/** Serial numbers from here on are a warm-up's: what of it arrives late is not counted with what is measured. */
export const WARM_UP_FROM = 100_000_000;

export function segmentation(n) {
  return { plan: 'professional', currency: 'EUR', n };
}

/** The same event as a plain object with what a server wants to know, for `JSON.stringify` as the measure. */
export function plainEvent(n) {
  return {
    key: EVENT_KEY,
    count: 1,
    segmentation: segmentation(n),
    timestamp: 1_790_000_000_000 + n,
    hour: 15,
    dow: 1,
  };
}

export const EVENT_BYTES = JSON.stringify(plainEvent(123_456)).length;
