import { bindDefaults, bindToClient, type RegisteredClient } from '../../lib/internal.js';
import { FeatureDefaults } from '../feature/feature-scope.js';
import type { FeatureClass } from '../feature/features.js';
import type { WovenProvider } from './woven-providers.js';

/**
 * Binds the woven instances of an application to its client, so that decorated methods called outside of every scope
 * report there also when several applications run in one process. Nothing is written on the instances.
 */
export function bindInstances(providers: readonly WovenProvider[], client: RegisteredClient): void {
  for (const { instance } of providers) if (instance !== undefined) bindToClient(instance, client);
}

/** Gives the instances of feature modules the defaults of their module. */
export function bindFeatures(classes: readonly FeatureClass[]): void {
  for (const { instance, options } of classes) {
    const { client, keyPrefix, segmentation } = options;
    if (instance === undefined || (client ?? keyPrefix ?? segmentation) === undefined) continue;
    bindDefaults(instance, new FeatureDefaults(options));
  }
}
