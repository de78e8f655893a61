// The public list, by hand: the object of the official package with the names of this one on it.
import { CountlyBulk } from './bulk.js';
import type { CountlyBulkUser as BulkUser } from './bulk-user.js';
import type * as conf from './conf.js';
import { DeviceIdType, StorageTypes } from './conf.js';
import { Countly, CountlySdk } from './countly.js';
import { type QueueImport as Imported, importQueueFiles, type ImportOptions as Options } from './import-queue.js';

const compat = Object.assign(Countly, {
  default: Countly,
  Countly,
  CountlySdk,
  CountlyBulk,
  StorageTypes,
  DeviceIdType,
  importQueueFiles,
});

declare namespace compat {
  export type CountlySdk = import('./countly.js').CountlySdk;
  export type CountlyBulk = import('./bulk.js').CountlyBulk;
  export type CountlyBulkUser = BulkUser;
  export type BulkConf = conf.BulkConf;
  export type BulkUserConf = conf.BulkUserConf;
  export type CompatEvent = conf.CompatEvent;
  export type CompatFeedback = conf.CompatFeedback;
  export type CompatTrace = conf.CompatTrace;
  export type CompatUserData = conf.CompatUserData;
  export type CompatUserDetails = conf.CompatUserDetails;
  export type CountlyConf = conf.CountlyConf;
  export type CustomStorageMethod = conf.CustomStorageMethod;
  export type DeviceIdTypeValue = conf.DeviceIdTypeValue;
  export type FetchCallback = conf.FetchCallback;
  export type ImportOptions = Options;
  export type PropertyValue = conf.PropertyValue;
  export type QueueImport = Imported;
  export type SharedConf = conf.SharedConf;
  export type StorageType = conf.StorageType;
}

// Where Node finds the names for `import { Countly }`: it reads a CommonJS module without running it.
exports.Countly = Countly;
exports.CountlySdk = CountlySdk;
exports.CountlyBulk = CountlyBulk;
exports.StorageTypes = StorageTypes;
exports.DeviceIdType = DeviceIdType;
exports.importQueueFiles = importQueueFiles;
// `require('countly-weave/compat').init(…)` and `import Countly from …`, as with the official package.
export = compat;
