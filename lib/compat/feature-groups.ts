import type { ConsentFeature } from '../protocol/consent-feature.js';

/** Features by the names of groups, as `group_features` takes them. */
export type FeatureGroups = Readonly<Record<string, ConsentFeature | readonly ConsentFeature[]>>;
