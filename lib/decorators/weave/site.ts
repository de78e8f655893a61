/** Where a decorator stands. One site a woven method; names are resolved when first needed. */
export class Site {
  readonly methodName: string;
  readonly key: string | symbol;
  readonly isStatic: boolean;
  /** The prototype or class the method was declared on; unknown in the standard dialect. */
  readonly owner: object | undefined;
  #lastClass: unknown;
  #lastLayer = '';

  constructor(key: string | symbol, isStatic = false, owner?: object) {
    this.key = key;
    this.methodName = typeof key === 'symbol' ? `[${key.description ?? 'symbol'}]` : key;
    this.isStatic = isStatic;
    this.owner = owner;
  }

  className(instance: unknown): string {
    const declaring = classOf(instance) ?? (typeof this.owner === 'function' ? this.owner : classOf(this.owner));
    return typeof declaring?.name === 'string' ? declaring.name : '';
  }

  /** `Class.method`: the default event key and the name of a layer that an error crosses. */
  layer(instance: unknown): string {
    const declaring = classOf(instance);
    if (declaring !== undefined && declaring === this.#lastClass) return this.#lastLayer;
    const name = this.className(instance);
    const layer = name === '' ? this.methodName : `${name}.${this.methodName}`;
    this.#lastClass = declaring;
    this.#lastLayer = layer;
    return layer;
  }
}

function classOf(instance: unknown): { readonly name: unknown } | undefined {
  if (typeof instance === 'function') return instance;
  if (typeof instance !== 'object' || instance === null) return undefined;
  try {
    const candidate: unknown = instance.constructor;
    return typeof candidate === 'function' && candidate !== Object ? candidate : undefined;
  } catch {
    return undefined;
  }
}
