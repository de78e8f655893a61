import type { Countly } from '../../lib/index.js';
import type { Carriers } from '../carrier/carriers.js';
import type { ModuleSettings } from '../countly.settings.js';
import type { FeaturePolicies } from '../feature/feature-policies.js';
import type { Visits } from '../sessions/visits.js';
import type { ModuleWarnings } from '../warnings.js';
import type { ScopeOpener } from './scope-opener.js';
import type { UnitRegistry } from './unit-registry.js';

/** What everything that enters scopes shares. */
export interface ScopeDeps {
  readonly client: Countly;
  readonly settings: ModuleSettings;
  readonly warnings: ModuleWarnings;
  readonly scopes: ScopeOpener;
  readonly units: UnitRegistry;
  readonly policies: FeaturePolicies;
  readonly carriers: Carriers | undefined;
  /** Sessions of visitors, where they are wanted. */
  readonly visits: Visits | undefined;
}
