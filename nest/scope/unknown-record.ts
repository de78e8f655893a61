/** Something that may have properties: what optional packages hand over is read without their types. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): UnknownRecord | undefined {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? (value as UnknownRecord)
    : undefined;
}
