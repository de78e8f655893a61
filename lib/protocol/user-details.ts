import type { SegmentValue } from './entry.js';

/** What is known of a person (docs/protocol.md §5). `null` or an empty text removes what the server knows. */
export interface UserDetails {
  readonly name?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly organization?: string | null | undefined;
  readonly phone?: string | null | undefined;
  /** URL of a picture, up to 4096 characters. One on this machine is named by `setUserPicture`. */
  readonly picture?: string | null | undefined;
  /** `M` or `F`. */
  readonly gender?: string | null | undefined;
  /** Year of birth. */
  readonly byear?: number | null | undefined;
  /** Custom properties; an operator such as `{ $inc: 1 }` changes what the server has. */
  readonly custom?: Readonly<Record<string, SegmentValue | Readonly<Record<string, SegmentValue>>>> | undefined;
}
