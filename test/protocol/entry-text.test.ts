import { describe, expect, it } from 'vitest';
import { bodyLength, withBody } from '../../lib/protocol/entry-text.js';
import { event, inParts } from '../journal/support/drafts.js';

describe('the text of an entry', () => {
  it.each([
    ['in one piece', event(1)],
    ['in parts', inParts(event(1))],
    ['in parts with its time', inParts(event(1), undefined, true)],
    ['in parts that are empty', inParts(event(1), 0)],
  ])('is its body, %s', (_, draft) => {
    expect(withBody('[', draft)).toBe(`[${draft.body}`);
    expect(bodyLength(draft)).toBe(draft.body.length);
  });
});
