import type { ModulesContainer } from '@nestjs/core';
import type { Countly } from '../../lib/index.js';
import { registerClient, unregisterClient } from '../../lib/internal.js';

/** Of applications whose boot has not ended: one that fails gives nobody a sign. */
const booting = new Set<Countly>();

/** What is left of a boot that failed is its modules, when nobody refers to them any more. */
const abandoned = new FinalizationRegistry<Countly>((client) => {
  booting.delete(client);
  void client.close();
});

/**
 * Lets decorators find the client of an application that boots. Takes the place of one whose boot has not ended: most likely it
 * failed and is tried again. If not, {@link hasBooted} brings that back.
 */
export function registerBooting(client: Countly, modules: ModulesContainer): void {
  for (const other of booting) if (other.name === client.name) unregisterClient(other);
  booting.add(client);
  abandoned.register(modules, client, client);
  registerClient(client);
}

/** The application is there, and closes the client when it closes. */
export function hasBooted(client: Countly): void {
  if (booting.has(client)) registerClient(client);
  endBoot(client);
}

/** The client is closed, or needs nobody to do it. */
export function endBoot(client: Countly): void {
  booting.delete(client);
  abandoned.unregister(client);
}
