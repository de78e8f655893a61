import 'reflect-metadata';
import { classTransformer } from '../segmentation/class-transformer.js';

/** A segment that a class gives, as far as decorators tell. */
type Outlined = 'string' | 'number' | 'boolean' | 'unknown';

const MOST_CULPRITS = 20;
const SAMPLES = new Map<unknown, unknown>([
  [String, 'text'],
  [Number, 1],
  [Boolean, true],
  [Date, new Date(0)],
]);

/**
 * What class-transformer exposes of a class: the names that leave and their types, found by mapping an object that has a
 * value for whatever is asked. `complete` is false when members may leave that no decorator names.
 */
export function classOutline(type: abstract new (...args: never[]) => object): {
  readonly segments: ReadonlyMap<string, Outlined>;
  readonly complete: boolean;
} {
  const segments = new Map<string, Outlined>();
  const api = classTransformer();
  if (api === undefined) return { segments, complete: false };
  const guessed = new Set<unknown>();
  const get = (_target: object, key: string | symbol): unknown => {
    if (key === 'constructor') return type;
    if (typeof key === 'symbol') return undefined;
    const declared: unknown = Reflect.getMetadata('design:type', type.prototype as object, key);
    const sample = SAMPLES.get(declared);
    if (sample !== undefined) return sample;
    // Told apart from what a transformation made of it.
    const unknown = new String('unknown');
    guessed.add(unknown);
    return unknown;
  };
  const excludePrefixes: string[] = [];
  for (let attempt = 0; attempt < MOST_CULPRITS; attempt++) {
    const asked: string[] = [];
    const object = new Proxy(
      {},
      {
        get(target, key) {
          if (typeof key === 'string' && key !== 'constructor') asked.push(key);
          return get(target, key);
        },
        ownKeys: () => [],
      },
    );
    try {
      const plain = api.instanceToPlain(object, { groups: ['countly'], exposeUnsetFields: false, excludePrefixes });
      for (const [name, value] of Object.entries(plain)) segments.set(name, typeOf(value, guessed));
      break;
    } catch {
      // A `@Transform` that cannot do with a sample: its segment is known by name only.
      const culprit = asked.at(-1);
      if (culprit === undefined) break;
      excludePrefixes.push(culprit);
      segments.set(culprit, 'unknown');
    }
  }
  return { segments, complete: segments.size > 0 };
}

function typeOf(value: unknown, guessed: ReadonlySet<unknown>): Outlined {
  if (guessed.has(value)) return 'unknown';
  if (value instanceof Date) return 'string';
  return ['string', 'number', 'boolean'].includes(typeof value) ? (typeof value as Outlined) : 'unknown';
}
