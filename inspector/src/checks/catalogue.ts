import { ENTRY_RULES } from './rules/entry-rules.js';
import { EVENT_RULES } from './rules/event-rules.js';
import { REQUEST_RULES } from './rules/request-rules.js';
import type { Rule } from './rules/rule.js';

/** What a Countly server does, without saying so, with each kind of mistake (docs/protocol.md §13). */
export const CATALOGUE: ReadonlyMap<number, Rule> = new Map(
  [...REQUEST_RULES, ...ENTRY_RULES, ...EVENT_RULES]
    .sort((left, right) => left.row - right.row)
    .map((rule) => [rule.row, rule]),
);
