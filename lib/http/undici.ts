import type { buildConnector as BuildConnector, Client as ClientType, Pool as PoolType } from 'undici';
import connectModule from 'undici/lib/core/connect.js';
import clientModule from 'undici/lib/dispatcher/client.js';
import poolModule from 'undici/lib/dispatcher/pool.js';

// The package's main entry installs undici's agent as the global dispatcher, and with it under the host's own `fetch`.
// A telemetry library must not swap the host's HTTP stack, so only the three modules we need are loaded; they leave the
// globals alone and load in a third of the time. `test/transport/process.test.ts` holds this.
export const Client = clientModule as typeof ClientType;
export const Pool = poolModule as typeof PoolType;
export const buildConnector = connectModule as typeof BuildConnector;
