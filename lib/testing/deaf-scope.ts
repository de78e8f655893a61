import type { ContextScope, RegisteredClient } from '../scope/current.js';
import type { OpenView, ScopeApi } from '../scope/scope-api.js';

const view = (name: string): OpenView => ({ name, end: () => {} });
const timed = (key: string): ReturnType<ScopeApi['startEvent']> => ({ key, end: () => {}, cancel: () => {} });

/** A scope that takes everything and keeps nothing. */
export const deafScope: ContextScope & RegisteredClient & { warn(): void } = {
  name: 'deaf',
  deviceId: 'deaf',
  get client(): RegisteredClient {
    return deafScope;
  },
  device: () => deafScope,
  isAllowed: () => true,
  addEvent: () => {},
  startEvent: timed,
  trackView: view,
  addBreadcrumb: () => {},
  logError: () => {},
  reportTrace: () => {},
  warn: () => {},
};
