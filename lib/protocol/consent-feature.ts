/** The names Countly records consent under (docs/protocol.md §9). */
export const CONSENT_FEATURES = [
  'sessions',
  'events',
  'views',
  'scrolls',
  'clicks',
  'forms',
  'crashes',
  'attribution',
  'users',
  'push',
  'star-rating',
  'location',
  'apm',
  'feedback',
  'remote-config',
  'content',
  'metrics',
] as const;

/** A feature a person can give or withdraw consent for. */
export type ConsentFeature = (typeof CONSENT_FEATURES)[number];
