/** What a figure can be. */
export type Value = number | string | boolean | undefined;

/** Something that was sent, and the way to what the server made of it. */
export interface Expectation {
  readonly fact: string;
  readonly sent: Value;
  /** The figure is the whole app's: what was there before is taken off. */
  readonly grows?: boolean | undefined;
  /** Asks the server. */
  read(): Promise<Value>;
}

/** A row of the table. */
export interface Fact {
  readonly fact: string;
  readonly sent: Value;
  readonly counted: Value;
  readonly ok: boolean;
}

/** An expectation together with what the server said before anything was sent. */
export interface Baseline {
  readonly expectation: Expectation;
  readonly before: number;
}

/** Sums of fractions differ in the last digits; a server keeps five of them (docs/protocol.md §17.9). */
const TOLERANCE = 1e-6;

/** Reads the figures that grow, before anything is sent. */
export async function baselines(expectations: readonly Expectation[]): Promise<Baseline[]> {
  const found: Baseline[] = [];
  for (const expectation of expectations) {
    const before = expectation.grows ? await expectation.read() : 0;
    found.push({ expectation, before: typeof before === 'number' ? before : 0 });
  }
  return found;
}

/** Asks for one figure. A question that fails is a row like any other, with the reason as its figure. */
export async function factOf({ expectation, before }: Baseline): Promise<Fact> {
  const { fact } = expectation;
  const sent = typeof expectation.sent === 'number' ? rounded(expectation.sent) : expectation.sent;
  try {
    const now = await expectation.read();
    const counted = typeof now === 'number' ? rounded(now - before) : now;
    return { fact, sent, counted, ok: isSame(sent, counted) };
  } catch (error) {
    return { fact, sent, counted: error instanceof Error ? error.message : String(error), ok: false };
  }
}

function isSame(sent: Value, counted: Value): boolean {
  if (typeof sent === 'number' && typeof counted === 'number') return Math.abs(sent - counted) < TOLERANCE;
  return sent === counted;
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
