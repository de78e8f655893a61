import type { SegmentValue } from './entry.js';

/** What is known of a person (docs/protocol.md §5). `null` or an empty text removes what the server knows. */
export interface UserDetails {
  readonly name?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly organization?: string | null | undefined;
  readonly phone?: string | null | undefined;
  /** URL of a picture, up to 4096 characters. */
  readonly picture?: string | null | undefined;
  /**
   * Path of a regular file with a picture, up to 5 MB. The path waits in the queue like every other entry, also across
   * restarts; the file is read when its turn comes. One that cannot be sent then counts as dropped, `rejected`, with a
   * warning. With `picture` it is ignored.
   */
  readonly picturePath?: string | undefined;
  /** `M` or `F`. */
  readonly gender?: string | null | undefined;
  /** Year of birth. */
  readonly byear?: number | null | undefined;
  /** Custom properties; an operator such as `{ $inc: 1 }` changes what the server has. */
  readonly custom?: Readonly<Record<string, SegmentValue | Readonly<Record<string, SegmentValue>>>> | undefined;
}
