/** What made an entry, by the numbers of the client that recorded it. */
export interface Maker {
  /** Whose numbers they are; absent for those of the client that tells it. */
  readonly client?: string | undefined;
  readonly ref: number | null;
  readonly unit: string | null;
}

const MAKER = /^([\da-f-]{36}) (\d{0,9}) ((?:[\da-f-]{36})?)$/;

/** As an entry carries it to whoever delivers it. */
export function makerText({ client = '', ref, unit }: Maker): string {
  return `${client} ${ref ?? ''} ${unit ?? ''}`;
}

/** Undefined for anything else: it may come from a Redis that others write to. */
export function readMaker(text: string | undefined): Maker | undefined {
  const [, client, ref, unit] = MAKER.exec(text ?? '') ?? [];
  if (client === undefined) return undefined;
  return { client, ref: ref ? Number(ref) : null, unit: unit || null };
}
