import type { Difference } from './normalise.js';

/** A difference that is meant, and why. */
export interface KnownDifference {
  /** Scenario; without it the difference may show in any. */
  readonly scenario?: string;
  readonly at: RegExp;
  /** Number of the fault of the official SDK in the list of its verified defects; without it a decision of ours. */
  readonly fault?: number;
  readonly why: string;
  readonly official: unknown;
  readonly ours: unknown;
}

export const anything = Symbol('anything');

/** Fits a value whose JSON has this piece. */
const having = (piece: string) => (value: unknown) => (JSON.stringify(value) ?? '').includes(piece);

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    at: /\.(metrics|crash)\._(device|device_type|locale|architecture|cpu)$/,
    why: 'more is reported about the machine (contract §3.3, §6)',
    official: undefined,
    ours: anything,
  },
  {
    at: /^crash\.\d+\.crash\._(name|type|background|ram_total|ram_current)$/,
    why: 'a crash has a stable name, which servers group by, and the state of the machine (contract §6)',
    official: undefined,
    ours: anything,
  },
  {
    at: /^begin_session\+metrics\.\d+\.location$/,
    why: 'without it a server takes the data centre for the place of everybody (contract §2.4)',
    official: undefined,
    ours: '',
  },
  {
    at: /\.location$/,
    why: 'a place only counts with begin_session (contract §2.4), so it is sent there alone',
    official: '',
    ours: undefined,
  },
  {
    at: /\.segmentation\._idv$/,
    fault: 22,
    why: 'a view has an id that its end refers to',
    official: undefined,
    ours: /^[\w-]{16}$/,
  },
  {
    at: /\.segmentation\.start$/,
    fault: 22,
    why: 'the first view of a session is its landing',
    official: undefined,
    ours: 1,
  },
  {
    at: /^consent\.\d+\.consent\.(scrolls|clicks|forms|push|content|metrics)$/,
    why: 'the server knows these features too (contract §9)',
    official: undefined,
    ours: anything,
  },
  {
    scenario: 'event of yesterday',
    at: /^event late\.0\.(timestamp|hour|dow)$/,
    fault: 16,
    why: 'the time given with an event is kept',
    official: undefined,
    ours: anything,
  },
  {
    scenario: 'two operations on one user property',
    at: /^user_details\.1$/,
    fault: 10,
    why: 'set and then increment: both arrive, in two requests',
    official: undefined,
    ours: having('{"logins":{"$inc":1}}'),
  },
  {
    scenario: 'feedback',
    at: /segmentation\.platform$/,
    why: 'the platform is filled in, as the official documentation says',
    official: undefined,
    ours: 'Linux',
  },
  {
    scenario: 'handled errors',
    at: /^crash\.[12]\.crash\._logs$/,
    why: 'breadcrumbs stay, so that a second error has its trail too',
    official: undefined,
    ours: 'first step\nsecond step',
  },
  {
    scenario: 'handled errors',
    at: /^crash\.1\.crash\._error$/,
    why: 'what is no error says so in its first line, which servers group by',
    official: 'a text',
    ours: 'Thrown string: a text',
  },
  {
    scenario: 'handled errors',
    at: /^crash\.2\.crash\._error$/,
    why: 'an object without a stack reads like an error',
    official: 'Odd:no stack\n',
    ours: 'Odd: no stack',
  },
  {
    scenario: 'settings as properties',
    at: /^crash\.0\.crash\._error$/,
    why: 'what is no error says so in its first line, which servers group by',
    official: 'for the version',
    ours: 'Thrown string: for the version',
  },
  {
    scenario: 'long stack',
    at: /^crash\.0\.crash\._error$/,
    fault: 20,
    why: 'lines are cut however long the stack is',
    official: /x{3000}$/,
    ours: /\n[^\n]{1,200}$/,
  },
  {
    at: /^fetch_remote_config$/,
    why: 'remote config is asked for by its present name; the older one is tried when the server knows only that',
    official: anything,
    ours: undefined,
  },
  {
    at: /^rc$/,
    why: 'remote config is asked for by its present name; the older one is tried when the server knows only that',
    official: undefined,
    ours: anything,
  },
  {
    scenario: 'traces',
    at: /^apm\.2$/,
    why: 'a trace without times has just ended',
    official: undefined,
    ours: anything,
  },
  {
    scenario: 'trace as documented',
    at: /^apm$/,
    fault: 8,
    why: 'app_metrics, as the official documentation calls them, are taken',
    official: undefined,
    ours: having('"apm_metrics":{"duration":500},"stz":1700000000000,"etz":1700000000500'),
  },
  {
    scenario: 'application start',
    at: /^apm$/,
    fault: 8,
    why: 'the application start is reported',
    official: undefined,
    ours: having('"name":"app_start"'),
  },
  {
    at: /\.t$/,
    why: 'every request says what kind of device id it has (contract §2.1)',
    official: undefined,
    ours: '0',
  },
  {
    scenario: 'raw requests',
    at: /^begin_session\+metrics\.0\.(hour|dow)$/,
    why: 'hour and day are added to a raw request',
    official: undefined,
    ours: anything,
  },
  {
    scenario: 'long raw request',
    at: /^events$/,
    fault: 7,
    why: 'a raw request is not cut in the middle of its JSON',
    official: [
      {
        app_key: 'APP',
        device_id: 'someone',
        path: '/i',
        events: 'not JSON: [{"key":"raw","count":1,"segmentation":{',
      },
    ],
    ours: undefined,
  },
  {
    scenario: 'long raw request',
    at: /^event raw$/,
    fault: 7,
    why: 'a raw request is not cut in the middle of its JSON',
    official: undefined,
    ours: having('v'.repeat(400)),
  },
  {
    scenario: 'device id changes',
    at: /^event before\.0\.device_id$/,
    why: 'an event stays with the id it was recorded under; the merge joins both',
    official: 'dev-2',
    ours: 'dev-1',
  },
  {
    scenario: 'generated device id becomes known',
    at: /old_device_id$/,
    why: 'each made its own id',
    official: /^[0-9a-f-]{36}$/,
    ours: /^[0-9a-f-]{36}$/,
  },
  {
    scenario: 'consent is withdrawn',
    at: /^consent\.0\.consent\.(events|crashes)$/,
    fault: 13,
    why: 'the server is told',
    official: true,
    ours: false,
  },
  {
    scenario: 'consent is withdrawn',
    at: /^returned\.0\.2$/,
    fault: 14,
    why: 'a group counts as given only while all of its features are',
    official: true,
    ours: false,
  },
  {
    scenario: 'feedback consent only',
    at: /^event \[CLY\]_star_rating$/,
    fault: 15,
    why: 'consent to ratings or feedback is enough',
    official: undefined,
    ours: having('"rating":3'),
  },
  {
    scenario: 'clicks consent',
    at: /^(consent|event \[CLY\]_action)$/,
    fault: 9,
    why: 'clicks, scrolls and push are features one can agree to',
    official: undefined,
    ours: having('click'),
  },
  {
    scenario: 'server in a sub-directory',
    at: /^event in a sub-directory$/,
    fault: 17,
    why: 'the path of the address is kept',
    official: undefined,
    ours: having('"path":"/countly/i"'),
  },
  {
    scenario: 'bulk: users',
    at: /^session_duration\.1\.timestamp$/,
    why: 'the last part of a session ends when the session does',
    official: 1_700_000_120_000,
    ours: 1_700_000_090_000,
  },
  {
    scenario: 'bulk: address of a user',
    at: /^returned\.0$/,
    why: 'a user with ip_address breaks every call of the official SDK',
    official: { threw: 'TypeError: this.check_consent is not a function' },
    ours: null,
  },
  {
    scenario: 'bulk: address of a user',
    at: /^campaign_id$/,
    why: 'a user with ip_address breaks every call of the official SDK',
    official: undefined,
    ours: having('"ip_address":"203.0.113.9"'),
  },
  {
    scenario: 'bulk: long session in milliseconds',
    at: /^session_duration\.0\.timestamp$/,
    fault: 34,
    why: 'the parts of a session are a minute apart in either unit',
    official: 1_700_000_000_060,
    ours: 1_700_000_060_000,
  },
  {
    scenario: 'bulk: long session in milliseconds',
    at: /^session_duration\.1\.timestamp$/,
    fault: 34,
    why: 'the parts of a session are a minute apart in either unit',
    official: 1_700_000_000_120,
    ours: 1_700_000_120_000,
  },
  {
    scenario: 'bulk: long session in milliseconds',
    at: /^session_duration\.2\.timestamp$/,
    fault: 34,
    why: 'the parts of a session are a minute apart in either unit',
    official: 1_700_000_000_180,
    ours: 1_700_000_130_000,
  },
  {
    scenario: 'bulk: consent of a user',
    at: /^consent$/,
    fault: 32,
    why: 'the server is told',
    official: undefined,
    ours: having('"events":false,"views":false'),
  },
  {
    scenario: 'bulk: session before consent',
    at: /^crashes\.0$/,
    fault: 33,
    why: 'the session is made up for instead of ending the process',
    official: "TypeError: Cannot read properties of undefined (reading 'apply')",
    ours: undefined,
  },
  {
    scenario: 'bulk: session before consent',
    at: /^(consent|begin_session\+metrics)$/,
    fault: 33,
    why: 'the session is made up for instead of ending the process',
    official: undefined,
    ours: having('"device_id":"u1"'),
  },
  {
    scenario: 'bulk: limits',
    at: /segmentation\.text$/,
    fault: 30,
    why: 'limits apply',
    official: 'a value that is long',
    ours: 'a value ',
  },
  {
    scenario: 'bulk: one entry without a device',
    at: /^session_duration$/,
    fault: 31,
    why: 'the other entries are taken',
    official: undefined,
    ours: having('"session_duration":"40"'),
  },
  {
    scenario: 'bulk: local midnight and times as text',
    at: /^session_duration\.0\.(hour|dow)$/,
    fault: 28,
    why: 'a time may be a text',
    official: 0,
    ours: anything,
  },
];

export function isKnown(known: KnownDifference, scenario: string, difference: Difference): boolean {
  if (known.scenario !== undefined && known.scenario !== scenario) return false;
  return known.at.test(difference.at) && fits(known.official, difference.official) && fits(known.ours, difference.ours);
}

function fits(expected: unknown, actual: unknown): boolean {
  if (expected === anything) return actual !== undefined;
  if (typeof expected === 'function') return expected(actual) === true;
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual);
  return JSON.stringify(expected) === JSON.stringify(actual);
}
