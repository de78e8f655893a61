import type { Difference } from './normalise.js';

/** A difference that is meant, and why. */
export interface KnownDifference {
  /** Scenario; without it the difference may show in any. */
  readonly scenario?: string;
  readonly at: RegExp;
  /** Number of the fault in the list of the official SDK's verified defects: it is the only reason for a difference. */
  readonly fault: number;
  readonly why: string;
  readonly official: unknown;
  readonly ours: unknown;
}

export const anything = Symbol('anything');

/** Fits a value whose JSON has this piece. */
const having = (piece: string) => (value: unknown) => (JSON.stringify(value) ?? '').includes(piece);

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    at: /\.segmentation\._idv$/,
    fault: 22,
    why: 'a view has an id that its end refers to',
    official: undefined,
    ours: /^[\w-]{12,20}$/,
  },
  {
    at: /\.segmentation\.start$/,
    fault: 22,
    why: 'the first view of a session is its landing',
    official: undefined,
    ours: 1,
  },
  {
    at: /^consent\.\d\.consent\.(push|clicks|scrolls)$/,
    fault: 9,
    why: 'the server is told about every feature that one can agree to',
    official: undefined,
    ours: false,
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
    scenario: 'long stack',
    at: /^crash\.0\.crash\._error$/,
    fault: 20,
    why: 'lines are cut however long the stack is',
    official: /x{3000}$/,
    ours: /\n[^\n]{1,200}$/,
  },
  {
    scenario: 'trace as documented',
    at: /^apm$/,
    fault: 8,
    why: 'app_metrics, as the official documentation calls them, are taken',
    official: undefined,
    ours: having('"apm_metrics":{"duration":500}'),
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
    scenario: 'consent is withdrawn',
    at: /^consent\.1$/,
    fault: 13,
    why: 'the server is told',
    official: undefined,
    ours: having('"events":false'),
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
    ours: 1_700_000_180_000,
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
  {
    scenario: 'bulk: local midnight and times as text',
    at: /^session_duration\.1\.(hour|dow)$/,
    fault: 29,
    why: 'midnight and Sunday are times too',
    official: anything,
    ours: 0,
  },
  {
    scenario: 'bulk: address of a user',
    at: /^(returned\.0|campaign_id)$/,
    fault: 33,
    why: 'a user with ip_address meets the same wrong `this` in every call',
    official: (value: unknown) =>
      value === undefined || JSON.stringify(value).includes('check_consent is not a function'),
    ours: (value: unknown) => value === null || JSON.stringify(value).includes('"ip_address":"203.0.113.9"'),
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
