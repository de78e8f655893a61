/** How long and how many; the defaults every Countly SDK shares (docs/protocol.md §4.2). */
export interface Limits {
  /** Characters of an event key, view name, segment name or trace name. @default 128 */
  readonly maxKeyLength: number;
  /** Characters of a segment or property value. @default 256 */
  readonly maxValueSize: number;
  /** Segments of one event, view or crash. @default 100 */
  readonly maxSegmentationValues: number;
  /** Breadcrumbs kept for the next crash; the oldest go first. @default 100 */
  readonly maxBreadcrumbCount: number;
  /** Lines of a stack in a crash report, for the error and for each of its causes. @default 30 */
  readonly maxStackTraceLinesPerThread: number;
  /**
   * Characters of a stack line. A long stack line blocks a Countly server for minutes (docs/protocol.md §15.6), so this one
   * cannot be raised above 2000.
   * @default 200
   */
  readonly maxStackTraceLineLength: number;
}

export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxKeyLength: 128,
  maxValueSize: 256,
  maxSegmentationValues: 100,
  maxBreadcrumbCount: 100,
  maxStackTraceLinesPerThread: 30,
  maxStackTraceLineLength: 200,
});

// V8 cuts by pointing into the original: a short piece would keep a text of megabytes alive while it waits.
const MUCH_LONGER = 16;

/** Cuts a text to a number of characters without leaving half a surrogate pair behind. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const cut = text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
  return text.length > max * MUCH_LONGER ? Buffer.from(cut, 'utf16le').toString('utf16le') : cut;
}
