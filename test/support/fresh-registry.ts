import { registeredClient, unregisterClient } from '../../lib/scope/current.js';

// Files that share a process: what the one before recorded through and did not close must not be found by decorated code of the next.
for (let left = registeredClient(); left !== undefined; left = registeredClient()) unregisterClient(left);
