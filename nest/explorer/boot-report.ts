import { type WovenMethod } from '../../lib/index.js';
import { registeredClient } from '../../lib/internal.js';
import type { FeatureClass } from '../feature/features.js';
import type { WovenProvider } from './woven-providers.js';

/** What is written at boot: a line for each woven method, then what cannot be reached. */
export interface BootReport {
  readonly text: string | undefined;
  readonly problems: readonly string[];
}

/** Lists the woven methods of an application. `text` is undefined when there are none. */
export function bootReport(providers: readonly WovenProvider[]): BootReport {
  const methods = providers.flatMap(({ methods: own, instance }) => own.map((method) => ({ method, instance })));
  if (methods.length === 0) return { text: undefined, problems: [] };
  const names = methods.map(({ method }) => nameOf(method));
  const width = Math.min(Math.max(...names.map((name) => name.length)), 48);
  const lines = methods.map(({ method, instance }, i) => {
    const perRequest = instance === undefined && !method.isStatic ? ' (one instance a request)' : '';
    return `  ${(names[i] ?? '').padEnd(width)}  ${method.records.map(describeRecord).join(', ')}${perRequest}`;
  });
  const count = methods.length === 1 ? '1 method' : `${methods.length} methods`;
  return {
    text: [`${count} woven:`, ...new Set(lines)].join('\n'),
    problems: methods.flatMap(({ method, instance }) => problemsOf(method, instance)),
  };
}

function describeRecord({ kind, key }: WovenMethod['records'][number]): string {
  return key === undefined ? kind : `${kind} "${key}"`;
}

function problemsOf(method: WovenMethod, instance: object | undefined): string[] {
  const problems: string[] = [];
  for (const { options } of method.records) {
    const { client } = options;
    if (typeof client === 'string' && registeredClient(client) === undefined) {
      problems.push(`${nameOf(method)} records through the client "${client}", but no client has that name.`);
    }
  }
  const own = instance === undefined ? undefined : Object.getOwnPropertyDescriptor(instance, method.key);
  if (own !== undefined && typeof own.value !== 'function') {
    problems.push(`${nameOf(method)} is hidden by a property of the instance, so nothing is recorded of it.`);
  }
  return problems;
}

function nameOf({ className, methodName, isStatic }: WovenMethod): string {
  return `${className}.${isStatic ? 'static ' : ''}${methodName}`;
}

/** Clients that feature modules name and that are not there. */
export function unknownClients(classes: readonly FeatureClass[]): string[] {
  const names = new Set(classes.map(({ options }) => options.client));
  return [...names].flatMap((name) =>
    name === undefined || registeredClient(name) !== undefined
      ? []
      : [`forFeature names the client "${name}", but no client has that name; its decorated methods record nothing.`],
  );
}
