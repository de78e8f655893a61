import { type WovenMethod } from '../../lib/index.js';
import { counted, registeredClient } from '../../lib/internal.js';
import type { ModuleSettings } from '../countly.settings.js';
import type { FeatureClass } from '../feature/features.js';
import type { WovenProvider } from './woven-providers.js';

/** What is written at boot. */
export interface BootReport {
  /** `7 methods woven: 5 events, 2 views`; undefined when there are none. */
  readonly counts: string | undefined;
  /** A line for each woven method. */
  readonly list: string | undefined;
  /** What cannot be reached. */
  readonly problems: readonly string[];
}

/** What was woven in an application, shortly and in full. */
export function bootReport(providers: readonly WovenProvider[]): BootReport {
  const methods = providers.flatMap(({ methods: own, instance }) => own.map((method) => ({ method, instance })));
  if (methods.length === 0) return { counts: undefined, list: undefined, problems: [] };
  const names = methods.map(({ method }) => nameOf(method));
  const width = Math.min(Math.max(...names.map((name) => name.length)), 48);
  const lines = methods.map(({ method, instance }, i) => {
    const perRequest = instance === undefined && !method.isStatic ? ' (one instance a request)' : '';
    return `  ${(names[i] ?? '').padEnd(width)}  ${method.records.map(describeRecord).join(', ')}${perRequest}`;
  });
  const kinds = new Map<string, number>();
  for (const { kind } of methods.flatMap(({ method }) => method.records)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return {
    counts: `${counted(methods.length, 'method')} woven: ${[...kinds].map(([kind, n]) => counted(n, kind)).join(', ')}`,
    list: ['Woven:', ...new Set(lines)].join('\n'),
    problems: methods.flatMap(({ method, instance }) => problemsOf(method, instance)),
  };
}

/** Woven methods whose decorators leave it to the application which client they record through. */
export function methodsWithoutClient(providers: readonly WovenProvider[]): string[] {
  return providers.flatMap(({ methods }) =>
    methods.filter(({ records }) => records.some(({ options }) => options.client === undefined)).map(nameOf),
  );
}

/** Said where decorated methods have no client: only named ones are there. */
export function unreachable(name: string, methods: readonly string[]): string[] {
  if (methods.length === 0 || registeredClient() !== undefined) return [];
  const some = methods.slice(0, 3).join(', ') + (methods.length > 3 ? ' …' : '');
  return [
    `Only the client "${name}" is there, and decorators that name no client record nothing: ${some}. Leave out \`name\` of CountlyModule.forRoot(), or give the decorators { client: '${name}' }.`,
  ];
}

/** Said where options are for requests, and no request has a scope of this client. */
export function withoutScopes(settings: ModuleSettings): string[] {
  if (settings.requestScope) return [];
  const options = {
    deviceId: settings.resolvers.length > 0,
    anonymous: settings.anonymous !== 'process',
    consent: settings.consent !== undefined,
    networkTraces: settings.networkTraces !== undefined,
    views: settings.views !== undefined,
    sessions: settings.sessions !== undefined,
    ignore: settings.ignore !== undefined,
  };
  const idle = Object.entries(options).flatMap(([option, isGiven]) => (isGiven ? option : []));
  if (idle.length === 0) return [];
  return [
    `The client "${settings.name}" opens no scopes for requests, so ${idle.join(', ')} ${idle.length === 1 ? 'has' : 'have'} no effect; requestScope: true opens them.`,
  ];
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
