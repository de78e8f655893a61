import { argumentOf, member, namesOf, shown, TEXT, textFrom } from '../check.js';
import { truncate } from '../config/limits.js';
import { jsonString } from '../protocol/json-text.js';
import { type FeaturePort, refuseCall, type Target } from './feature.js';

/** Where a person came from (docs/protocol.md §8). */
export class Attribution {
  readonly #port: FeaturePort;

  constructor(port: FeaturePort) {
    this.#port = port;
  }

  /** Direct attribution: the campaign, and the user of its link when known. */
  conversion(target: Target, campaignId: unknown, campaignUser?: unknown): void {
    const { limits } = this.#port;
    const id = textFrom(campaignId);
    if (id === undefined) return refuseCall(this.#port, 'reportConversion', 'campaignId must be a non-empty text');
    const given = textFrom(campaignUser) ?? (campaignUser || undefined);
    const user = argumentOf(this.#port.reporter, 'reportConversion.campaignUserId', given, TEXT);
    const rest = user === undefined ? '' : `,"campaign_user":${jsonString(truncate(user, limits.maxValueSize))}`;
    this.#record(target, `"campaign_id":${jsonString(truncate(id, limits.maxValueSize))}${rest}`);
  }

  /** Indirect attribution: ids of advertising systems by their names, such as `{ adid: '…' }`. */
  indirect(target: Target, ids: unknown): void {
    const { limits } = this.#port;
    const members: string[] = [];
    for (const name of namesOf(ids)) {
      const value = member(ids, name);
      const text = textFrom(value);
      if (text === undefined && value !== undefined) {
        const said = `${truncate(name, 40)} must be a non-empty text, got ${shown(value)}; it is left out.`;
        this.#port.reporter.warn('reportAttribution.id', `reportAttribution: ${said}`);
      }
      if (name === '' || text === undefined) continue;
      const key = truncate(name, limits.maxKeyLength);
      members.push(`${jsonString(key)}:${jsonString(truncate(text, limits.maxValueSize))}`);
    }
    if (members.length === 0) return refuseCall(this.#port, 'reportAttribution', 'expected an object of texts');
    this.#record(target, `"aid":{${members.slice(0, limits.maxSegmentationValues).join(',')}}`);
  }

  #record(target: Target, body: string): void {
    if (!this.#port.admits(target, 'attribution')) return;
    const timestamp = this.#port.stamp();
    this.#port.record(target, { kind: 'request', feature: 'attribution', timestamp, body });
  }
}
