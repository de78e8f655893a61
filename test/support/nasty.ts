import fc from 'fast-check';
import type { DeviceScope } from '../../lib/scope/device-scope.js';

const cyclic: Record<string, unknown> = { name: 'cycle' };
cyclic['self'] = cyclic;
const trap = () => {
  throw new Error('nobody may look at this');
};
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

/** Ten million characters in one. */
export const HUGE = 'x'.repeat(10 * 1024 * 1024);

const monsters: readonly unknown[] = [
  cyclic,
  [cyclic],
  Symbol('s'),
  10n ** 30n,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -0,
  1e308,
  -1,
  0.1,
  1_700_000_000_000,
  HUGE,
  '\ud800',
  'a\udc00b\u0000\n"\\',
  '$',
  '$where',
  'a.b..c',
  'system.',
  '',
  '__proto__',
  'constructor',
  '[CLY]_view',
  '[CLY]_session',
  '[CLY]_star_rating',
  '[CLY]_push_action',
  '00000000-0000-0000-0000-000000000000',
  '[CLY]_temp_id',
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":1}}'),
  {
    get value() {
      return trap();
    },
    toString: trap,
    toJSON: trap,
    valueOf: trap,
  },
  new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap }),
  new Proxy([], { get: trap }),
  new Proxy(() => {}, { apply: trap, get: trap }),
  revoked,
  new (class extends Error {
    override get message(): string {
      return trap();
    }
    override get stack(): string {
      return trap();
    }
  })(),
  Object.assign(new Error('m'), { stack: 'y'.repeat(1_000_000) }),
  new Date(Number.NaN),
  Object.create(null),
  new Array(100_000),
  Promise.resolve(1),
  new Map([['a', 1]]),
  () => 1,
];

/** Stands for a monster until the call is made: the generator itself looks at its values. */
class Monster {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/** Puts the monsters in their places. */
export function alive(given: unknown): unknown {
  if (given instanceof Monster) return monsters[given.index];
  if (typeof given !== 'object' || given === null || Object.getPrototypeOf(given) !== Object.prototype) return given;
  const result = {};
  for (const [key, member] of Object.entries(given)) {
    Object.defineProperty(result, key, { value: alive(member), enumerable: true, writable: true, configurable: true });
  }
  return result;
}

const value = fc.oneof(
  fc.nat(monsters.length - 1).map((index) => new Monster(index)),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
    maxDepth: 3,
  }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const names = [
  'count',
  'sum',
  'dur',
  'segmentation',
  'timestamp',
  'rollUp',
  'name',
  'type',
  'durationMs',
  'responseTimeMs',
  'responseCode',
  'metrics',
  'apm_metrics',
  'app_metrics',
  'stz',
  'etz',
  'startedAt',
  'rating',
  'widgetId',
  'answers',
  'closed',
  'comment',
  'custom',
  'byear',
  'picture',
  'email',
  'ip',
  'city',
  'countryCode',
  'location',
  'events',
  'crash',
  'consent',
  'user_details',
  'apm',
  'begin_session',
  'session_duration',
  'end_session',
  'old_device_id',
  'method',
  'layers',
  'fatal',
  'merge',
  'heartbeat',
  'key',
  '_error',
  '_os',
  '_app_version',
  '$inc',
  '$push',
];

/** Anything at all, with a liking for what the calls look at. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  value,
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 }),
  fc.dictionary(
    fc.constantFrom(...names),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 4 }),
    { maxKeys: 3 },
  ),
);

type Loose = Record<string, (...args: unknown[]) => unknown>;

/** Calls of a scope by name; those that ask the server are left out. */
export const CALLS = [
  'addEvent',
  'startEvent',
  'endEvent',
  'cancelEvent',
  'trackView',
  'startView',
  'addBreadcrumb',
  'logError',
  'reportTrace',
  'startTrace',
  'endTrace',
  'recordNetworkTrace',
  'beginSession',
  'sessionDuration',
  'endSession',
  'setLocation',
  'userDetails',
  'recordMetrics',
  'reportConversion',
  'reportAttribution',
  'reportFeedback',
  'reportNps',
  'reportSurvey',
  'giveConsent',
  'removeConsent',
  'checkConsent',
  'request',
  'changeId',
  'setId',
  'isAllowed',
] as const;
export const USER_DATA_CALLS = [
  'set',
  'setOnce',
  'unset',
  'increment',
  'incrementBy',
  'multiply',
  'max',
  'min',
  'push',
  'pushUnique',
  'pull',
  'save',
] as const;

export interface Call {
  readonly name: (typeof CALLS)[number] | `userData.${(typeof USER_DATA_CALLS)[number]}`;
  readonly args: readonly unknown[];
}

export const call: fc.Arbitrary<Call> = fc.record({
  name: fc.oneof(
    fc.constantFrom(...CALLS),
    fc.constantFrom(...USER_DATA_CALLS).map((name) => `userData.${name}` as const),
    fc.constantFrom('addEvent' as const, 'request' as const),
  ),
  // Half of the calls begin with something that has a meaning, so that the rest of their arguments is looked at.
  args: fc.tuple(fc.oneof(anything, fc.constantFrom('checkout', '/home', 'plan', 7, ['events'])), anything, anything),
});

/** Makes the call, and ends what it started. */
export function perform(scope: DeviceScope, { name, args }: Call): void {
  const [object, method] = name.startsWith('userData.') ? [scope.userData, name.slice(9)] : [scope, name];
  const given = args.map(alive);
  const result = (object as unknown as Loose)[method]?.(...given) as { end?: (...more: unknown[]) => void } | undefined;
  result?.end?.(given[1]);
}
