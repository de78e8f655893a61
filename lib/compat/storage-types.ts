/** Where the SDK keeps what waits: `storage_type`. */
export const StorageTypes = Object.freeze({ FILE: 'file', MEMORY: 'memory' } as const);
/** A value of {@link StorageTypes}. */
export type StorageType = (typeof StorageTypes)[keyof typeof StorageTypes];

/** What kind of device id is in use, as `get_device_id_type` tells. */
export const DeviceIdType = Object.freeze({ DEVELOPER_SUPPLIED: 0, SDK_GENERATED: 1 } as const);
/** A value of {@link DeviceIdType}. */
export type DeviceIdTypeValue = (typeof DeviceIdType)[keyof typeof DeviceIdType];

/** Storage of your own, given as `custom_storage_method`: values by key, synchronous. */
export interface CustomStorageMethod {
  storeSet(key: string, value: unknown, callback?: (error: unknown) => void): void;
  storeGet(key: string, fallback: unknown): unknown;
  storeRemove(key: string): void;
}
