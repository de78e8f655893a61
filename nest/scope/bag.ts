/** Something that may have properties: what optional packages hand over is read without their types. */
export type Bag = Readonly<Record<string, unknown>>;

export function bag(value: unknown): Bag | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? (value as Bag) : undefined;
}
