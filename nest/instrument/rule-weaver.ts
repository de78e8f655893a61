import type { ModulesContainer } from '@nestjs/core';
import { Instrument, type InstrumentOptions } from '../../lib/index.js';
import { WEAVE_METADATA } from '../../lib/internal.js';
import { DEFAULT_NAME } from '../countly.constants.js';
import type { InstrumentRule } from './instrument.options.js';
import { type Class, classesOf, declaredClasses, methodsTaken } from './selection.js';

type Descriptors = Record<string, PropertyDescriptor>;

/** What stood on a prototype before, and what a rule has put there. */
interface Change {
  readonly prototype: object;
  readonly key: string;
  readonly before: PropertyDescriptor | undefined;
  readonly after: PropertyDescriptor;
}

/** What the rules have woven, by the number of applications that run with it. */
const uses = new Map<unknown, number>();

/**
 * Weaves by rule, as `@Instrument` on the classes would. The classes themselves are woven, because Nest reads handlers of their
 * prototypes and makes instances of its own; when the last application that wants it has closed, they are as they were.
 */
export class RuleWeaver {
  readonly #rules: readonly InstrumentRule[];
  readonly #client: string | undefined;
  readonly #changes: Change[] = [];
  readonly #problems: string[] = [];
  readonly #taken: string[] = [];

  /** @param name - of the client to record through */
  constructor(rules: readonly InstrumentRule[], name: string) {
    this.#rules = rules;
    this.#client = name === DEFAULT_NAME ? undefined : name;
  }

  /** What each rule took, for the boot report. */
  get taken(): readonly string[] {
    return this.#taken;
  }

  /** Rules that take nothing. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Before anybody takes hold of a method. @param ours - modules of this library */
  weave(modules: ModulesContainer, ours: ReadonlySet<unknown>): void {
    if (this.#rules.length === 0) return;
    const declared = declaredClasses(modules, ours);
    this.#rules.forEach((rule, index) => {
      const classes = [...classesOf(rule, declared)].map((type) => [type, methodsTaken(type, rule)] as const);
      const withMethods = classes.filter(([, methods]) => methods.length > 0);
      const where = `instrument[${index}]`;
      if (withMethods.length === 0) {
        const what = classes.length === 0 ? 'no controller or provider' : 'no method';
        this.#problems.push(`${where} takes ${what}, so it has no effect; it includes ${wordsOf(rule)}.`);
        return;
      }
      for (const [type, methods] of withMethods) this.#weave(type, methods, rule);
      const names = withMethods.map(([type, methods]) => `${type.name} (${wovenOf(type, methods).join(', ')})`);
      this.#taken.push(`${where} took ${names.join(', ')}`);
    });
  }

  /** The application has closed. */
  unweave(): void {
    for (const { prototype, key, before, after } of this.#changes.splice(0).reverse()) {
      const left = (uses.get(after.value) ?? 1) - 1;
      uses.set(after.value, left);
      if (left > 0) continue;
      uses.delete(after.value);
      // Somebody has put something else there meanwhile; that may still call ours, which records nothing without a client.
      if (Object.getOwnPropertyDescriptor(prototype, key)?.value !== after.value) continue;
      if (before === undefined) delete (prototype as Record<string, unknown>)[key];
      else {
        Object.defineProperty(prototype, key, before);
        // The method and what stood in its place tell the same metadata; this one would have the next rule think it is woven.
        Reflect.deleteMetadata(WEAVE_METADATA, before.value as object);
      }
    }
  }

  #weave(
    type: Class,
    only: readonly string[],
    { trace = true, errors = true, events = false, inherited }: InstrumentRule,
  ) {
    const prototype = type.prototype as object;
    const before = Object.getOwnPropertyDescriptors(prototype) as Descriptors;
    const options: InstrumentOptions = {
      trace: this.#through(trace),
      errors: this.#through(errors),
      events: this.#through(events),
      ...{ only, inherited: inherited ?? false, statics: false },
    };
    Instrument(options)(type);
    for (const [key, after] of Object.entries(Object.getOwnPropertyDescriptors(prototype) as Descriptors)) {
      const value: unknown = after.value;
      if (value === before[key]?.value) {
        // Another application's rule has woven it already.
        if (!uses.has(value) || !only.includes(key)) continue;
        this.#changes.push({ prototype, key, before: originals.get(value as object), after });
      } else {
        if (before[key] !== undefined) originals.set(value as object, before[key]);
        this.#changes.push({ prototype, key, before: before[key], after });
      }
      uses.set(value, (uses.get(value) ?? 0) + 1);
    }
  }

  /** The options of a decorator, with the client where it is a named one. */
  #through<T extends object>(given: boolean | T): boolean | T {
    if (given === false || this.#client === undefined) return given;
    return { client: this.#client, ...(given === true ? {} : given) } as T;
  }
}

/** What a woven method stands for. */
const originals = new WeakMap<object, PropertyDescriptor>();

/** Some names are the engine's own, and stay as they are. */
function wovenOf({ prototype }: Class, methods: readonly string[]): string[] {
  return methods.filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
    return typeof value === 'function' && Reflect.hasMetadata(WEAVE_METADATA, value);
  });
}

function wordsOf({ include }: InstrumentRule): string {
  return include.map((one) => (typeof one === 'string' ? `"${one}"` : one.name)).join(', ');
}
