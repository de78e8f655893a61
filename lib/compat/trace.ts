import { truncate } from '../config/limits.js';
import { localTime, machineOffset } from '../protocol/timestamp.js';
import type { CompatTrace } from './inputs.js';

/** The `apm` member of the official SDK, or what is missing. `app_metrics` is read as well (fault 8). */
export function traceMember(
  trace: CompatTrace,
  maxName: number,
  now: number,
): { readonly apm: Readonly<Record<string, unknown>> } | { readonly missing: string } {
  const { type, name, stz, etz, apm_metrics, app_metrics, apm_attr } = trace ?? {};
  const wanted = { type, name, stz, etz, apm_metrics: apm_metrics ?? app_metrics };
  const missing = Object.entries(wanted).find(([, value]) => value === undefined)?.[0];
  if (missing !== undefined) return { missing };
  const attributes = apm_attr === undefined ? {} : { apm_attr };
  const named = typeof name === 'string' ? { name: truncate(name, maxName) } : {};
  return { apm: { ...wanted, ...named, ...attributes, timestamp: stz, ...localTime(now, machineOffset(now)) } };
}
