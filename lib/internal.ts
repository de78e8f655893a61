// What nest/ needs of the library beside its public list. Not exported by the package, and no public API: anything here may
// change with any release.

export { optionProblems } from './config/resolve.js';
export * as optionRules from './config/schema.js';
export { claimReport, reportMark } from './decorators/error-trail.js';
export { shownText } from './logger.js';
export type { ContextScope, RegisteredClient, ScopeDefaults } from './scope/current.js';
export {
  bindDefaults,
  bindToClient,
  contextScope,
  registerClient,
  registeredClient,
  STANDS_FOR,
  unregisterClient,
} from './scope/current.js';
export { sanitizeDeviceId } from './scope/device-id.js';
