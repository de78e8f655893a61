import { show } from '../protocol/json.js';
import type { Check, EventSubject } from './check.js';

/** Events that a plugin of the server consumes. */
export const FEEDBACK_EVENT_CHECKS: ReadonlyArray<Check<EventSubject>> = [
  {
    row: 36,
    find: ({ key, segmentation }) =>
      key === '[CLY]_star_rating' && segmentation === undefined ? 'the rating has no segmentation' : undefined,
  },
  {
    row: 71,
    find: ({ key, segmentation }) =>
      key === '[CLY]_star_rating' && segmentation !== undefined && !segmentation['widget_id']
        ? `widget_id is ${show(segmentation['widget_id'])}`
        : undefined,
  },
  {
    row: 37,
    find: ({ key, segmentation }) => {
      if (key !== '[CLY]_push_action') return undefined;
      const id = segmentation?.['i'];
      return typeof id === 'string' && id.length === 24 ? undefined : `segmentation.i is ${show(id)}`;
    },
  },
  {
    row: 53,
    find: ({ key }) =>
      key === '[CLY]_nps' || key === '[CLY]_survey' ? `"${key}" needs the surveys plugin` : undefined,
  },
];
