// The public list of `countly-weave/testing`, by hand.
export { ManualClock } from './manual-clock.js';
