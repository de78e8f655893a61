// The public list, by hand: the object of the official package with the names of this one on it, so that
// `require('countly-weave/compat').init(…)` and `import Countly from …` work as with the official package.
import { CountlyBulk } from './bulk.js';
import { DeviceIdType, StorageTypes } from './conf.js';
import { Countly, CountlySdk } from './countly.js';
import { importQueueFiles } from './import-queue.js';

const names = { Countly, CountlySdk, CountlyBulk, StorageTypes, DeviceIdType, importQueueFiles };
const compat: typeof Countly & typeof names & { default: typeof Countly } = Object.assign(Countly, names, {
  default: Countly,
});

export type { CountlyBulkUser } from './bulk-user.js';
export type {
  BulkConf,
  BulkUserConf,
  CompatEvent,
  CompatFeedback,
  CompatTrace,
  CompatUserData,
  CompatUserDetails,
  CountlyConf,
  CustomStorageMethod,
  DeviceIdTypeValue,
  FetchCallback,
  PropertyValue,
  SharedConf,
  StorageType,
} from './conf.js';
export type { ImportOptions, QueueImport } from './import-queue.js';
// biome-ignore lint/style/noDefaultExport: it copies the shape of the official package
export { Countly, CountlyBulk, CountlySdk, compat as default, DeviceIdType, importQueueFiles, StorageTypes };
