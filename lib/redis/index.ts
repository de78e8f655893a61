// The public list, by hand. Nothing else lives here.
export type { RedisFleetOptions } from './options.js';
export { type FleetStatusOptions, fleetStatus } from './read-fleet.js';
export { redisFleet } from './redis-fleet.js';
