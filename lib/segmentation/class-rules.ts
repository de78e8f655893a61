/** What class-transformer's decorators say about one class. */
export interface ClassRules {
  /** Only exposed properties leave; otherwise every own one that is not excluded. */
  readonly onlyExposed: boolean;
  readonly excluded: ReadonlySet<string>;
  readonly exposed: ReadonlyMap<string, string>;
  readonly withheld: ReadonlySet<string>;
  transforms(property: string): readonly Transform[];
  typeOf(property: string, owner: object): unknown;
}

/** The function given to `@Transform`. */
export type Transform = (params: TransformParams) => unknown;

interface TransformParams {
  readonly value: unknown;
  readonly key: string;
  readonly obj: unknown;
  readonly type: number;
  readonly options: object;
}

interface Rule {
  readonly propertyName?: string;
  readonly options?: {
    readonly name?: string;
    readonly groups?: readonly string[];
    readonly toClassOnly?: boolean;
    readonly toPlainOnly?: boolean;
  };
}

/** The part of class-transformer's metadata storage that is read. */
interface MetadataStorage {
  getExposedMetadatas(target: unknown): Rule[];
  getExcludedMetadatas(target: unknown): Rule[];
  getStrategy(target: unknown): 'none' | 'exposeAll' | 'excludeAll';
  findTransformMetadatas(target: unknown, property: string, direction: number): (Rule & { transformFn: Transform })[];
  findTypeMetadata(
    target: unknown,
    property: string,
  ): { typeFunction?: (help: object) => unknown; reflectedType?: unknown } | undefined;
}

/** `TransformationType.CLASS_TO_PLAIN`. */
export const TO_PLAIN = 1;
export const GROUPS = { groups: ['countly'] } as const;

const UNMAPPED: unique symbol = Symbol();
const known = new WeakMap<object, ClassRules | typeof UNMAPPED>();
let storage: MetadataStorage | undefined;

/**
 * Reads the rules of a class, once; `undefined` when no class-transformer decorator stands on it or its parents.
 *
 * The rules are applied by this library and not by `instanceToPlain`: that one calls every function it finds in a
 * property, and one getter that throws or one cycle costs the whole object.
 */
export function classRules(target: unknown): ClassRules | undefined {
  if (typeof target !== 'function' || target === Object) return undefined;
  let rules = known.get(target);
  if (rules === undefined) {
    rules = readRules(target);
    known.set(target, rules);
  }
  return rules === UNMAPPED ? undefined : rules;
}

function readRules(target: object): ClassRules | typeof UNMAPPED {
  // Required here, not imported above: most processes start without ever mapping a class.
  storage ??= (require('class-transformer/cjs/storage.js') as { defaultMetadataStorage: MetadataStorage })
    .defaultMetadataStorage;
  const from = storage;
  const exposedRules = from.getExposedMetadatas(target).filter(leaving);
  const excludedRules = from.getExcludedMetadatas(target).filter(leaving);
  const strategy = from.getStrategy(target);
  if (exposedRules.length === 0 && excludedRules.length === 0 && strategy === 'none') return UNMAPPED;
  const ours = exposedRules.filter(inGroup);
  return {
    onlyExposed: strategy === 'excludeAll' || (strategy === 'none' && exposedRules.length > 0),
    excluded: new Set(excludedRules.map(nameOf)),
    exposed: new Map(ours.map((rule) => [nameOf(rule), rule.options?.name ?? nameOf(rule)])),
    withheld: new Set(exposedRules.filter((rule) => !inGroup(rule)).map(nameOf)),
    transforms: (property) =>
      from
        .findTransformMetadatas(target, property, TO_PLAIN)
        .filter(inGroup)
        .map((rule) => rule.transformFn),
    typeOf(property, owner) {
      const type = from.findTypeMetadata(target, property);
      return type?.typeFunction?.({ newObject: {}, object: owner, property }) ?? type?.reflectedType;
    },
  };
}

function nameOf(rule: Rule): string {
  return rule.propertyName ?? '';
}

function leaving({ options }: Rule): boolean {
  return options?.toClassOnly !== true || options.toPlainOnly === true;
}

function inGroup({ options }: Rule): boolean {
  return options?.groups === undefined || options.groups.includes(GROUPS.groups[0]);
}
