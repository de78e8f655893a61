// The public list, by hand. Nothing else lives here.
export { CountlyBulk } from './bulk.js';
export type { CountlyBulkUser } from './bulk-user.js';
export type { BulkConf, BulkUserConf, CountlyConf, FetchCallback, SharedConf } from './conf.js';
export { Countly, CountlySdk } from './countly.js';
export { type ImportOptions, importQueueFiles, type QueueImport } from './import-queue.js';
export type { CompatEvent, CompatFeedback, CompatTrace, CompatUserDetails } from './inputs.js';
export {
  type CustomStorageMethod,
  DeviceIdType,
  type DeviceIdTypeValue,
  type StorageType,
  StorageTypes,
} from './storage-types.js';
export type { CompatUserData, PropertyValue } from './user-data.js';
