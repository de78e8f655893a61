/** Sent with every request; a Countly server records it as `[name]_version` (docs/protocol.md §2.3). */
export const SDK_NAME = 'typescript-weave';
export const SDK_VERSION = '0.1.0';
