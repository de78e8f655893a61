import { type Case, fields } from './cases.js';

const CRASH = { _os: 'Linux', _app_version: '1.0', _error: 'Error: x\n    at f', _nonfatal: true };
const TRACE = {
  type: 'device',
  name: 'work',
  apm_metrics: { duration: 5 },
  stz: 1_700_000_000_000,
  etz: 1_700_000_000_005,
};
const crash = (row: number, name: string, change: object) => fields(row, name, { crash: { ...CRASH, ...change } });
const trace = (row: number, name: string, change: object) => fields(row, name, { apm: { ...TRACE, ...change } });
const user = (row: number, name: string, details: object) => fields(row, name, { user_details: details });
const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, n]));

export const REPORT_CASES: readonly Case[] = [
  crash(38, 'a crash without platform', { _os: undefined }),
  crash(38, 'a crash without app version', { _app_version: '' }),
  crash(38, 'a crash without stack', { _error: undefined }),
  fields(38, 'a crash that is no JSON', { crash: '{' }),
  crash(38, 'a crash whose stack is an object', { _error: { message: 'x' } }),
  crash(38, 'a crash whose stack is a list of lines', { _error: ['Error: x', 'at f'] }),
  crash(39, 'a crash flag of 1', { _online: 1 }),
  crash(40, '_nonfatal as "false"', { _nonfatal: 'false' }),
  crash(40, '_nonfatal as 0', { _nonfatal: 0 }),
  crash(67, 'a stack line of 9 000 characters', { _error: `Error: x\n    at ${'f'.repeat(9000)}` }),
  crash(67, 'a message of 20 000 characters', { _error: `Error: ${'x'.repeat(20_000)}\n    at f` }),
  crash(41, 'a nested custom field', { _custom: { order: { id: 1 } } }),
  crash(41, 'a text as custom fields', { _custom: 'order 1' }),
  crash(41, '101 custom fields', { _custom: numbered(101) }),
  trace(52, 'app_metrics', { apm_metrics: undefined, app_metrics: { duration: 1 } }),
  trace(52, 'a trace without end', { etz: undefined }),
  trace(52, 'a metric that is no number', { apm_metrics: { duration: 'long' } }),
  trace(52, 'a trace of unknown type', { type: 'custom' }),
  fields(52, 'a list of traces', { apm: [TRACE] }),
  fields(53, 'a trace', { apm: TRACE }),
  fields(53, 'a campaign', { campaign_id: 'c1' }),
  fields(53, 'a survey answer', { events: [{ key: '[CLY]_nps', count: 1, segmentation: { rating: 9 } }] }),
  user(54, '21 custom properties', { custom: numbered(21) }),
  user(54, 'a set of 51', { custom: { list: Array.from({ length: 51 }, (_, n) => n) } }),
  user(55, 'two operators on one property', { custom: { visits: { $inc: 1, $max: 9 } } }),
  user(56, 'an operator outside of custom', { $inc: { visits: 1 } }),
  user(56, 'an operator on a standard property', { byear: { $inc: 1 } }),
];
