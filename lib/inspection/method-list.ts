import { inspected, type KnownMethod } from './contract.js';
import { functionPlaces, type Place } from './function-places.js';

export interface ToldMethod {
  readonly ref: number;
  readonly className: string;
  readonly methodName: string;
  readonly isStatic: boolean;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly decorators: readonly { readonly decorator: string; readonly kind: string; readonly key: string | null }[];
}

/** Asking where a function stands takes some microseconds, and the host has other work. */
const PLACED_AT_A_TIME = 100;

/** The woven methods of the process, each with a number of its own. */
export class MethodList {
  readonly #refs = new Map<object, number>();
  readonly #places = new Map<object, Place | undefined>();
  /** What was told of each: a class may get its name, and a method a decorator, later. */
  readonly #told = new Map<number, string>();
  /** Some were not told of yet. */
  hasMore = false;

  /** The method that a recorder stands on. */
  refOf(recorder: object | undefined): number | null {
    const method = recorder === undefined ? undefined : inspected.weaving?.methodOf(recorder);
    return method === undefined ? null : this.refOfMethod(method);
  }

  refOfMethod(method: object): number {
    const ref = this.#refs.get(method) ?? this.#refs.size + 1;
    this.#refs.set(method, ref);
    return ref;
  }

  /** Those that are new, or not as they were told. @param classNames - of classes known by their calls only */
  untold(classNames: ReadonlyMap<object, string>): ToldMethod[] {
    const methods = inspected.weaving?.methods() ?? new Map<object, KnownMethod>();
    const waiting = [...methods].filter(([method]) => !this.#places.has(method));
    const unplaced = waiting.slice(0, PLACED_AT_A_TIME);
    this.hasMore = waiting.length > unplaced.length;
    const places = functionPlaces(unplaced.map(([, { original }]) => original));
    for (const [index, [method]] of unplaced.entries()) this.#places.set(method, places[index]);
    return [...methods].flatMap(([method, known]) => {
      if (!this.#places.has(method)) return [];
      const told = this.#toldOf(method, known, classNames);
      return this.#told.get(told.ref) === JSON.stringify(told) ? [] : [told];
    });
  }

  told(methods: readonly ToldMethod[]): void {
    for (const method of methods) this.#told.set(method.ref, JSON.stringify(method));
  }

  isTold(ref: number): boolean {
    return this.#told.has(ref);
  }

  /** Who was told knows nothing any more. The numbers stay: what waits in a fleet carries them. */
  forgetTold(): void {
    this.#told.clear();
  }

  #toldOf(method: object, known: KnownMethod, classNames: ReadonlyMap<object, string>): ToldMethod {
    const { className, methodName, isStatic, decorators } = known;
    const place = this.#places.get(method);
    return {
      ref: this.refOfMethod(method),
      className: className || (classNames.get(method) ?? ''),
      methodName,
      isStatic,
      file: place?.file ?? null,
      line: place?.line ?? null,
      column: place?.column ?? null,
      decorators: decorators.map(({ decorator, kind, key }) => ({ decorator, kind, key: key ?? null })),
    };
  }
}
