import { bindToClient, type RegisteredClient } from '../../lib/index.js';
import type { WovenProvider } from './woven-providers.js';

/**
 * Binds the woven instances of an application to its client, so that decorated methods called outside of every scope
 * report there also when several applications run in one process. Nothing is written on the instances.
 */
export function bindInstances(providers: readonly WovenProvider[], client: RegisteredClient): void {
  for (const { instance } of providers) if (instance !== undefined) bindToClient(instance, client);
}
