import 'reflect-metadata';
import { isList, isObject, member, membersOf } from '../../lib/internal.js';

type Class = abstract new (...args: never[]) => unknown;

/** What the modules of an application tell without being started. */
export interface ApplicationGraph {
  /** Classes that hold a woven method, by that method. */
  readonly holders: ReadonlyMap<unknown, Class>;
  /** Names of the clients that `CountlyModule.forRoot` makes. */
  readonly clients: ReadonlySet<string>;
  /** What the keys of a class begin with, by `CountlyModule.forFeature`. */
  readonly prefixes: ReadonlyMap<unknown, string>;
  /** There are modules of Nest, so whatever makes a client is among them. */
  readonly hasModules: boolean;
}

const CLIENT_NAME = 'countly-weave.nest.client-name';
const FEATURE = 'countly-weave.nest.feature';
const PARTS = ['imports', 'providers', 'controllers', 'exports'] as const;

/** Walks from what modules export through the metadata of Nest's modules. Runs no constructor, factory or getter. */
export function applicationGraph(exported: readonly unknown[]): ApplicationGraph {
  const holders = new Map<unknown, Class>();
  const clients = new Set<string>();
  const prefixes = new Map<unknown, string>();
  const seen = new Set<unknown>();
  let hasModules = false;

  function visit(value: unknown): void {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
    seen.add(value);
    if (typeof value === 'function') visitClass(value as unknown as Class);
    else if (isList(value)) value.forEach(visit);
    else if (member(value, 'forwardRef') !== undefined) visit(forwarded(value));
    else visitDefinition(value);
  }

  function visitClass(type: Class): void {
    const prototype: unknown = type.prototype;
    for (const holder of [type, isObject(prototype) ? prototype : undefined]) {
      if (holder === undefined) continue;
      for (const { value, isInherited } of membersOf(holder).values()) {
        if (typeof value === 'function' && (!isInherited || !holders.has(value))) holders.set(value, type);
      }
    }
    const parts = PARTS.map((part): unknown => Reflect.getMetadata(part, type));
    if (parts.some(isList)) {
      hasModules = true;
      const [imports, ...others] = parts;
      visitFeatures(imports, others);
      parts.forEach(visit);
    }
    visit(Reflect.getMetadata('design:paramtypes', type));
    const parent: unknown = Object.getPrototypeOf(type);
    if (typeof parent === 'function' && parent !== Function.prototype) visit(parent);
  }

  /** A dynamic module, or a provider. */
  function visitDefinition(value: object): void {
    const token = member(value, 'provide');
    const given = member(value, 'useValue');
    if (typeof token === 'symbol' && token.description === CLIENT_NAME && typeof given === 'string') clients.add(given);
    for (const name of [...PARTS, 'module', 'useClass', 'useExisting']) visit(member(value, name));
    if (member(value, 'module') !== undefined)
      visitFeatures(member(value, 'imports'), [member(value, 'providers'), member(value, 'controllers')]);
  }

  function visitFeatures(imports: unknown, classes: readonly unknown[]): void {
    const prefix = isList(imports) ? imports.map(prefixOf).findLast((one) => one !== undefined) : undefined;
    if (prefix === undefined) return;
    for (const one of classes.flatMap((list) => (isList(list) ? list : [])))
      prefixes.set(member(one, 'useClass') ?? one, prefix);
  }

  for (const one of exported) {
    visit(one);
    if (isObject(one)) for (const descriptor of descriptorsOf(one)) visitExport(descriptor.value);
  }

  function visitExport(value: unknown): void {
    if (typeof value === 'function') visit(value);
  }

  return { holders, clients, prefixes, hasModules };
}

function prefixOf(imported: unknown): string | undefined {
  const providers = member(imported, 'providers');
  const held = isList(providers)
    ? providers.find((one) => (member(one, 'provide') as symbol | undefined)?.description === FEATURE)
    : undefined;
  const prefix = member(member(member(held, 'useValue'), 'options'), 'keyPrefix');
  return typeof prefix === 'string' ? prefix : undefined;
}

function forwarded(value: object): unknown {
  try {
    const forward = member(value, 'forwardRef');
    return typeof forward === 'function' ? (forward as () => unknown)() : undefined;
  } catch {
    return undefined;
  }
}

/** Exports are getters in what TypeScript and bundlers make; those of a namespace are safe to read. */
function descriptorsOf(exported: object): { readonly value: unknown }[] {
  try {
    return Object.keys(exported).map((name) => ({ value: member(exported, name) }));
  } catch {
    return [];
  }
}
