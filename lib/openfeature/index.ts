// The public list, by hand. Nothing else lives here.
export { CountlyProvider } from './provider.js';
export type { CountlyProviderOptions } from './provider-options.js';
