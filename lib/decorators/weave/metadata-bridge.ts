import 'reflect-metadata';

/** What reflect-metadata 0.2 asks of a provider; its types do not export it. */
interface MetadataProvider {
  isProviderFor(target: object, property: PropertyKey | undefined): boolean;
  OrdinaryDefineOwnMetadata(key: unknown, value: unknown, target: object, property?: PropertyKey): void;
  OrdinaryHasOwnMetadata(key: unknown, target: object, property?: PropertyKey): boolean;
  OrdinaryGetOwnMetadata(key: unknown, target: object, property?: PropertyKey): unknown;
  OrdinaryOwnMetadataKeys(target: object, property?: PropertyKey): unknown[];
  OrdinaryDeleteMetadata(key: unknown, target: object, property?: PropertyKey): boolean;
}

interface MetadataRegistry {
  registerProvider(provider: MetadataProvider): void;
  setProvider(target: object, property: PropertyKey | undefined, provider: MetadataProvider): boolean;
}

const registry = (Reflect as unknown as Record<symbol, MetadataRegistry | undefined>)[
  Symbol.for('@reflect-metadata:registry')
];
const originals = new WeakMap<object, object>();
const originalOf = (target: object): object => originals.get(target) ?? target;

const sharing: MetadataProvider = {
  // Wrappers are assigned one by one with setProvider; answering yes here would make the registry of 0.2.2 return its
  // first provider instead of this one.
  isProviderFor: () => false,
  OrdinaryDefineOwnMetadata: (key, value, target, property) =>
    Reflect.defineMetadata(key, value, originalOf(target), property as string),
  OrdinaryHasOwnMetadata: (key, target, property) =>
    Reflect.hasOwnMetadata(key, originalOf(target), property as string),
  OrdinaryGetOwnMetadata: (key, target, property) =>
    Reflect.getOwnMetadata(key, originalOf(target), property as string) as unknown,
  OrdinaryOwnMetadataKeys: (target, property) =>
    Reflect.getOwnMetadataKeys(originalOf(target), property as string) as unknown[],
  OrdinaryDeleteMetadata: (key, target, property) =>
    Reflect.deleteMetadata(key, originalOf(target), property as string),
};
registry?.registerProvider(sharing);

/**
 * Makes wrapper and original one object for reflect-metadata: what is written on either, before or after, is read from
 * both. A guard that misses its metadata lets requests pass, so copying at decoration time is not enough.
 */
export function shareMetadata(wrapper: object, original: object): void {
  originals.set(wrapper, original);
  if (registry?.setProvider(wrapper, undefined, sharing) === true) return;
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
}
