import type { CollectorParts } from '../http/collector.js';

/** One question of the page or of a test. The answer `undefined` means "no such thing". */
export interface ApiQuery {
  readonly parts: CollectorParts;
  readonly search: URLSearchParams;
  /** What follows the name in the path, decoded: `/api/devices/ann` asks for `ann`. */
  readonly id: string | undefined;
}
