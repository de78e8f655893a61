import { type Rule, rule } from './rule.js';

/** Rows about the HTTP request as a whole. */
export const REQUEST_RULES: readonly Rule[] = [
  rule(
    23,
    'E',
    'Bulk entry without device_id or app_key',
    'Skips the entry and still answers 200 Success.',
    'Put device_id into every entry; app_key may also stand once beside "requests".',
  ),
  rule(
    24,
    'E',
    'Bulk request to an app with a salt',
    'Loses every entry and still answers 200 Success.',
    'With a salt, send single /i requests.',
  ),
  rule(
    25,
    'E',
    'Checksum missing or wrong',
    'Drops the request; most versions answer 200.',
    'Send checksum256 = SHA-256 of the exact bytes sent, followed by the salt. Success is result = "Success", not 200.',
  ),
  rule(
    26,
    'E',
    'Checksum computed over other bytes',
    'Drops the request; most versions answer 200.',
    'Hash the final text as sent: after encoding, in its final order, with every parameter but the checksum.',
  ),
  rule(
    27,
    'E',
    'Body that the server cannot read',
    'Sees no parameters: 400 Missing parameter "app_key" or "device_id".',
    'POST application/x-www-form-urlencoded or application/json, never compressed.',
  ),
  rule(
    28,
    'E',
    'More than 1000 form fields',
    'Reads the first 1000 and cuts the rest.',
    'Send structured data as JSON inside one field.',
  ),
  rule(29, 'W', 'Same parameter in query and body', 'Takes the one from the query.', 'Send each parameter once.'),
  rule(
    30,
    'E',
    'Reserved parameter name',
    'Answers 400, or treats the request in an unexpected way.',
    'Never add top-level parameters called app_id, user_id, callback, populator, no_meta or method.',
  ),
  rule(
    57,
    'E',
    '"keys" of remote config as a real array',
    'Ignores the filter and returns all parameters.',
    'Send keys and omit_keys as JSON text.',
  ),
  rule(
    58,
    'N',
    'Request to a paused app',
    'Answers 400; newest versions hide it as "App does not exist".',
    'Hold the queue and retry slowly.',
  ),
  rule(
    59,
    'E',
    'Characters that are not percent-encoded',
    'Mangles them while it reads the body.',
    'Percent-encode everything outside ASCII in a urlencoded body.',
  ),
];
