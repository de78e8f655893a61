// The public list of `countly-weave/nest/testing`, by hand.
export { CountlyTesting, CountlyTestingModule } from './countly-testing.module.js';
export { type OverridesProviders, overrideCountly } from './override-countly.js';
