import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, recorded } from '../support/recorded.js';

describe('feedback', () => {
  let test: Recorded;
  afterEach(() => test.close());
  const events = async () => (await test.sent()).flatMap((request) => request.events);

  it('is a rating, a recommendation or answers, as events of their own', async () => {
    test = recorded();
    test.client.reportFeedback({ widgetId: 'w1', rating: 4, comment: 'good', email: 'a@b.c', contactMe: true });
    test.client.reportNps({ widgetId: 'w2', rating: 9, comment: 'yes' });
    test.client.reportNps({ widgetId: 'w2', closed: true });
    test.client.reportSurvey({ widgetId: 'w3', answers: { q1: 'a', 'answ-q2': 2 } });
    const common = { platform: 'Linux', app_version: '2.3.1' };
    expect((await events()).map(({ key, segmentation }) => [key, segmentation])).toEqual([
      [
        '[CLY]_star_rating',
        { widget_id: 'w1', ...common, rating: 4, email: 'a@b.c', comment: 'good', contactMe: true },
      ],
      ['[CLY]_nps', { widget_id: 'w2', ...common, rating: 9, comment: 'yes' }],
      ['[CLY]_nps', { widget_id: 'w2', ...common, closed: 1 }],
      ['[CLY]_survey', { widget_id: 'w3', ...common, 'answ-q1': 'a', 'answ-q2': 2 }],
    ]);
  });

  it('needs consent to star-rating or feedback and to nothing else', async () => {
    test = recorded({ requireConsent: true, consent: ['feedback'] });
    test.client.reportFeedback({ rating: 5 });
    test.client.reportNps({ widgetId: 'w', rating: 0 });
    test.client.device('other').giveConsent('star-rating');
    test.client.device('other').reportFeedback({ rating: 1 });
    expect(await events()).toHaveLength(3);
  });

  it('that is none is dropped, counted and told', async () => {
    test = recorded();
    test.client.reportFeedback({ rating: 6 });
    test.client.reportFeedback(undefined as never);
    test.client.reportNps({ widgetId: 'w', rating: 11 });
    test.client.reportNps({ rating: 1 } as never);
    test.client.reportSurvey({ widgetId: 'w' });
    expect(await events()).toEqual([]);
    expect(test.client.stats().dropped).toEqual({ invalid: 5 });
  });

  it('has widgets', async () => {
    test = recorded();
    test.transport.answerQuery({ ok: true, value: { result: [{ _id: '1', type: 'nps', name: 'N', tg: [] }, null] } });
    expect(await test.client.fetchFeedbackWidgets()).toEqual({
      ok: true,
      value: [{ id: '1', type: 'nps', name: 'N', details: { _id: '1', type: 'nps', name: 'N', tg: [] } }],
    });
    test.transport.answerQuery({ ok: true, value: {} });
    expect((await test.client.fetchFeedbackWidgets()).ok).toBe(false);
  });
});

describe('attribution', () => {
  let test: Recorded;
  afterEach(() => test.close());

  it('names the campaign, its user, and ids of advertising systems', async () => {
    test = recorded();
    test.client.reportConversion('c1');
    test.client.reportConversion('c1', 'u1');
    test.client.reportAttribution({ adid: 'x', empty: '' });
    test.client.reportConversion('' as never);
    test.client.reportAttribution({});
    expect(await test.contents()).toEqual([
      { campaign_id: 'c1' },
      { campaign_id: 'c1', campaign_user: 'u1' },
      { aid: { adid: 'x' } },
    ]);
    expect(test.client.stats().dropped).toEqual({ invalid: 2 });
  });
});
