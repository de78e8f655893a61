import { type Rule, rule } from './rule.js';

/** Rows about the list of events, crashes, traces and user details. */
export const REPORT_RULES: readonly Rule[] = [
  rule(
    1,
    'E',
    '"events" is not a readable array',
    'Drops all events of the request and answers Success.',
    'Send a JSON array of objects.',
  ),
  rule(
    2,
    'E',
    '"events" as text inside a bulk entry',
    'Drops all events of the entry and answers Success.',
    'Inside a bulk send real JSON values.',
  ),
  rule(
    3,
    'E',
    'null in "events"',
    'Fails: all events of the request are lost, and so is the rest of a bulk.',
    'Remove empty elements before sending.',
  ),
  rule(
    38,
    'E',
    'Crash without _error, _app_version or _os',
    'Drops the crash.',
    'Send all three as texts that are not empty.',
  ),
  rule(39, 'W', 'Crash flag that is not true or false', 'Ignores the flag.', 'Send real booleans.'),
  rule(
    40,
    'W',
    '_nonfatal given as 0 or "false"',
    'Counts the crash as fatal.',
    'Send true, or leave it out for a fatal crash.',
  ),
  rule(
    41,
    'W',
    'Nested or large _custom of a crash',
    'Drops it or flattens it badly.',
    'Send a flat object of at most 100 scalars.',
  ),
  rule(
    52,
    'E',
    'Unreadable trace',
    'Ignores the trace.',
    'Send one object with type, name, apm_metrics (numbers), stz and etz in milliseconds.',
  ),
  rule(
    53,
    'N',
    'Needs a paid edition or a plugin',
    'Accepts and ignores it when the plugin is missing.',
    'Nothing, if your server has the plugin.',
  ),
  rule(
    54,
    'N',
    'Many custom properties or a large set',
    'Ignores what is beyond its limits (by default 20 properties, 50 elements).',
    'Keep user properties few, or raise the limits on the server.',
  ),
  rule(
    55,
    'E',
    'Several operators on one property',
    'Applies one of them.',
    'Send one operator a property and request.',
  ),
  rule(56, 'E', 'Operator outside "custom"', 'Ignores it.', 'Put operators into user_details.custom.'),
];
