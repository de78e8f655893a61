import type { EventDecoratorOptions, FromCall, SegmentationClass } from '../decorators/options.js';
import type { TraceOptions } from '../decorators/trace.js';
import type { TrackViewOptions } from '../decorators/track-view.js';
import type { InputOf, StandardSchema } from './standard-schema.js';

/** What a segment holds. */
export type SegmentType = 'string' | 'number' | 'boolean';

/** One segment of a catalogue: a type, with `?` where it may be missing, or the values it may have. */
export type SegmentSpec = SegmentType | `${SegmentType}?` | readonly (string | number | boolean)[];

/** Segments by name. */
export type SegmentShape = Readonly<Record<string, SegmentSpec>>;

/** Where the segments of a definition come from: a shape, a class of class-transformer, or any Standard Schema. */
export type SegmentSource = SegmentShape | SegmentationClass | StandardSchema;

/** One event, view or trace of a catalogue. */
export interface Definition {
  /** For people; part of the tracking plan. */
  readonly description?: string;
  /** Who is to be asked about it; part of the tracking plan. */
  readonly owner?: string;
  /** What it is broken down by. @default nothing: a segment is then an error */
  readonly segmentation?: SegmentSource;
}

/** One trace of a catalogue. */
export interface TraceDefinition extends Omit<Definition, 'segmentation'> {
  /** Further numbers, by name. @default nothing */
  readonly metrics?: Readonly<Record<string, 'number' | 'number?'>>;
}

/** Definitions by key; a class or a schema alone stands for a definition with nothing but that. */
export type CatalogueSource = Readonly<Record<string, Definition | SegmentationClass | StandardSchema>>;

/** Traces by name. */
export type TraceSource = Readonly<Record<string, TraceDefinition>>;

/** Settings of a catalogue. */
export interface CatalogueOptions {
  /**
   * What becomes of a record that does not fit its definition, for callers that the compiler did not check: `off` does not
   * look, `warn` tells it once and counts it, `drop` tells it, counts it and does not record.
   * @default 'off'
   */
  readonly strict?: 'off' | 'warn' | 'drop';
}

declare const MAPPED: unique symbol;

/** Segments that class-transformer makes of an object of a class. */
export interface MappedBy<Instance> {
  /** For the compiler alone. */
  readonly [MAPPED]: Instance;
}

type ValueOf<Spec> = Spec extends 'string' | 'string?'
  ? string
  : Spec extends 'number' | 'number?'
    ? number
    : Spec extends 'boolean' | 'boolean?'
      ? boolean
      : Spec extends readonly (infer Value)[]
        ? Value
        : never;

type Shown<Shape> = Shape extends infer Members ? { readonly [Name in keyof Members]: Members[Name] } : never;

type FromShape<Shape> = Shown<
  { readonly [Name in keyof Shape as Shape[Name] extends `${string}?` ? never : Name]: ValueOf<Shape[Name]> } & {
    readonly [Name in keyof Shape as Shape[Name] extends `${string}?` ? Name : never]?:
      | ValueOf<Shape[Name]>
      | undefined;
  }
>;

/** An event without segments. */
export type NoSegments = { readonly [name: string]: never };

type FromSource<Source> = Source extends StandardSchema
  ? InputOf<Source>
  : Source extends abstract new (
        ...args: never[]
      ) => infer Instance
    ? MappedBy<Instance>
    : FromShape<Source>;

/** The segments that a catalogue's source says, by key. */
export type SegmentsOf<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends StandardSchema | SegmentationClass
    ? FromSource<Source[Key]>
    : Source[Key] extends { readonly segmentation: infer From }
      ? FromSource<From>
      : NoSegments;
};

/** The further numbers that a catalogue of traces says, by name. */
export type MetricsOf<Source> = {
  readonly [Name in keyof Source]: Source[Name] extends { readonly metrics: infer Metrics }
    ? FromShape<Metrics>
    : NoSegments;
};

/** The keys that a catalogue defines. */
export type KeyOf<Entries> = keyof Entries & string;

declare const GIVEN_BY_PARAMETER: unique symbol;

/** In place of the value of a segment that a `@Segment` parameter of the method gives. */
export interface FromParameter {
  /** For the compiler alone. */
  readonly [GIVEN_BY_PARAMETER]: true;
}

/**
 * In place of the value of a segment that a `@Segment` parameter of the method gives: the compiler cannot see those.
 *
 * @example
 * ```ts
 * import { defineEvents, fromParameter, Segment } from 'countly-weave';
 *
 * const events = defineEvents({ checkout: { segmentation: { plan: 'string', amount: 'number' } } });
 *
 * class Shop {
 *   @events.TrackEvent('checkout', { segmentation: { plan: fromParameter, amount: 3 } })
 *   pay(@Segment('plan') plan: string): void {}
 * }
 * ```
 */
// `undefined` is what every mapping leaves out, so nothing has to look for it when a method runs.
export const fromParameter: FromParameter = undefined as unknown as FromParameter;

/** A type argument that only the decorated method says. */
type Told<T> = [T][T extends unknown ? 0 : never];

type FromMethod<This, Args extends readonly unknown[], Result, Value> = FromCall<Told<This>, Args, Told<Result>, Value>;

type Decorated<Segments> = { readonly [Name in keyof Segments]: Segments[Name] | FromParameter };

/** Options with a member that may be left out or not; of what else stands under a key nothing is asked twice. */
type With<Options, Name extends string, MayBeLeftOut, Value> = [MayBeLeftOut] extends [true]
  ? [options?: Omit<Options, 'key' | 'name' | Name> & { readonly [Member in Name]?: Value | undefined }]
  : [options: Omit<Options, 'key' | 'name' | Name> & { readonly [Member in Name]: Value }];

// These are worked out once for a catalogue. Inside the types of arguments they would be for every call, and there for
// every key: TypeScript asks what the arguments are before it knows the key.

/** What callers give as a segmentation, by key. */
export type GivenTo<Events> = {
  readonly [Key in keyof Events]: Events[Key] extends MappedBy<infer Instance> ? Instance : Events[Key];
};

/** What decorators are given as a fixed segmentation, by key. */
export type FixedIn<Events> = {
  readonly [Key in keyof Events]: Events[Key] extends MappedBy<unknown> ? SegmentationClass : Decorated<Events[Key]>;
};

/** What the callbacks of decorators give, by key. */
export type ComputedIn<Events> = {
  readonly [Key in keyof Events]: Events[Key] extends MappedBy<infer Instance> ? Instance : Decorated<Events[Key]>;
};

/** Whether an empty segmentation, or none, would do, by key. A decorator finds the object of a class by itself. */
export type LeftOutOf<Events> = {
  readonly [Key in keyof Events]: Events[Key] extends MappedBy<unknown>
    ? true
    : Record<never, never> extends Events[Key]
      ? true
      : false;
};

type SegmentationOf<Events, Key, This, Args extends readonly unknown[], Result> =
  | At<FixedIn<Events>, Key>
  | FromMethod<This, Args, Result, At<ComputedIn<Events>, Key> | null | undefined>;

/** What a catalogue's decorators of events take after the key. */
export type EventDecoratorArguments<Events, Key, This, Args extends readonly unknown[], Result> = With<
  EventDecoratorOptions<This, Args, Result>,
  'segmentation',
  At<LeftOutOf<Events>, Key>,
  SegmentationOf<Events, Key, This, Args, Result>
>;

/** What a catalogue's decorator of views takes after the name. */
export type ViewDecoratorArguments<Views, Name, This, Args extends readonly unknown[], Result> = With<
  TrackViewOptions<This, Args, Result>,
  'segmentation',
  At<LeftOutOf<Views>, Name>,
  SegmentationOf<Views, Name, This, Args, Result>
>;

/** What a catalogue's decorator of traces takes after the name. */
export type TraceDecoratorArguments<Traces, Name, This, Args extends readonly unknown[], Result> = With<
  TraceOptions<This, Args, Result>,
  'metrics',
  At<LeftOutOf<Traces>, Name>,
  FromMethod<This, Args, Result, At<Traces, Name>>
>;

/** What a catalogue's calls take after the key. */
export type CallArguments<Events, Key, Options> = With<
  Options,
  'segmentation',
  At<LeftOutOf<GivenTo<Events>>, Key>,
  At<GivenTo<Events>, Key>
>;

/** A key of the catalogue; any other is an error that shows the key and those there are. */
export type KnownKey<Key, Events> = Key extends keyof Events ? Key : Extract<keyof Events, string>;

// Not `Events[Key]` alone: before it knows the key, TypeScript would compare with what stands under all of them.
/** What stands under a key. */
export type At<Events, Key> = [Key] extends [keyof Events]
  ? (Events & Record<string, unknown>)[Key & string]
  : NoSegments;
