import { member, namesOf, shown, TEXT, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { Feature, type Target } from './feature.js';
import { storedName } from './segmentation-text.js';

/** Where a person came from (docs/protocol.md §8). */
export class Attribution extends Feature {
  /** Direct attribution: the campaign, and the user of its link when known. */
  conversion(target: Target, campaignId: unknown, campaignUser?: unknown): void {
    const { maxValueSize } = this.port.limits;
    const id = textFrom(campaignId);
    if (id === undefined) return this.refuse('reportConversion', 'campaignId must be a non-empty text');
    const given = textFrom(campaignUser) ?? (campaignUser || undefined);
    const user = this.argument('reportConversion.campaignUserId', given, TEXT);
    const rest = user === undefined ? '' : `,"campaign_user":${jsonString(truncate(user, maxValueSize))}`;
    this.#record(target, `"campaign_id":${jsonString(truncate(id, maxValueSize))}${rest}`);
  }

  /** Indirect attribution: ids of advertising systems by their names, such as `{ adid: '…' }`. */
  indirect(target: Target, ids: unknown): void {
    const { limits } = this.port;
    const members: string[] = [];
    for (const name of namesOf(ids)) {
      const value = member(ids, name);
      const text = textFrom(value);
      if (text === undefined && value !== undefined) {
        const problem = `${truncate(name, 40)} must be a non-empty text, got ${shown(value)}`;
        this.warn('reportAttribution.id', `${problem}; it is left out`);
      }
      const key = storedName(name, limits.maxKeyLength);
      if (key === '' || text === undefined) continue;
      members.push(`${jsonString(key)}:${jsonString(truncate(text, limits.maxValueSize))}`);
    }
    if (members.length === 0) return this.refuse('reportAttribution', 'expected an object of texts');
    this.#record(target, `"aid":{${members.slice(0, limits.maxSegmentationValues).join(',')}}`);
  }

  #record(target: Target, body: string): void {
    if (this.port.admits(target, 'attribution')) this.request(target, 'attribution', body);
  }
}
