import { DEVICE_RULES } from './device-rules.js';
import { REPORT_RULES } from './report-rules.js';
import type { Rule } from './rule.js';

/** Rows about one logical request of one device. */
export const ENTRY_RULES: readonly Rule[] = [...DEVICE_RULES, ...REPORT_RULES];
