/**
 * The part of a Standard Schema (https://standardschema.dev) that a catalogue reads. zod, valibot, arktype and others have
 * it; none of them is needed by this library.
 */
export interface StandardSchema<Input = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined;
  };
}

/** What a schema takes. */
export type InputOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly input: infer Input }
    ? Input
    : never
  : never;

/** Whether something says of itself that it is a Standard Schema; some are functions. */
export function isSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = (value as Partial<StandardSchema>)['~standard'];
  return typeof standard === 'object' && standard !== null && typeof standard['validate' as never] === 'function';
}

/** What a schema says against a value, in its own words; `undefined` when it takes the value, or answers later. */
export function schemaProblems(schema: StandardSchema, value: unknown): readonly string[] | 'async' {
  const answer = schema['~standard'].validate(value) as
    | { readonly issues?: readonly { readonly message?: unknown; readonly path?: readonly unknown[] }[] }
    | PromiseLike<unknown>;
  if ('then' in answer) {
    answer.then(undefined, () => {});
    return 'async';
  }
  // The message of a schema may show the value, which may be personal: where it is says enough.
  return (answer.issues ?? []).map(({ path }) => {
    const [first] = path ?? [];
    const name = typeof first === 'object' && first !== null ? (first as { key?: unknown }).key : first;
    return name === undefined
      ? 'the segmentation is not what its schema takes'
      : `segment "${String(name)}" is not what its schema takes`;
  });
}
