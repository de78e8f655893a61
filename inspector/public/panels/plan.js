import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { number } from '../lib/format.js';
import { badge, table } from '../lib/parts.js';

/** What came, compared with the tracking plan. */
export const plan = {
  id: 'plan',
  title: 'Plan',
  create(host) {
    const keys = table(
      'What came',
      [
        { title: 'Kind', cell: ({ kind }) => kind },
        { title: 'Key', cell: ({ key }) => h('code', {}, key) },
        { title: 'Good', class: 'num', cell: ({ good }) => number(good) },
        { title: 'Bad', class: 'num', cell: ({ bad }) => (bad > 0 ? badge('fatal', number(bad)) : '–') },
        {
          title: 'What is wrong',
          cell: ({ problems }) => problems.map(({ problem, count }) => `${problem} (${number(count)})`).join(', '),
        },
      ],
      {
        key: ({ kind, key }) => `${kind} ${key}`,
        testid: 'plan-row',
        emptyText: 'Nothing came yet',
        emptyHint: 'Every event, view and trace is compared with the plan.',
      },
    );
    const unseen = table(
      'Never seen',
      [
        { title: 'Kind', cell: ({ kind }) => kind },
        { title: 'Key', cell: ({ key }) => h('code', {}, key) },
        { title: 'About', cell: ({ description }) => description ?? '' },
        { title: 'Owner', cell: ({ owner }) => owner ?? '' },
      ],
      { key: ({ kind, key }) => `${kind} ${key}`, testid: 'unseen-row', emptyText: 'Everything in the plan came' },
    );
    const none = h('p', { class: 'empty' }, 'No plan was given. Start with --plan tracking-plan.json.');
    const cards = [
      h('section', { class: 'card' }, keys.host),
      h('section', { class: 'card' }, h('h3', {}, 'Never seen'), unseen.host),
    ];
    return {
      async refresh() {
        const report = await get('plan');
        host.replaceChildren(...(report.plan ? cards : [none]));
        if (!report.plan) return;
        keys.update(report.keys, report.keys.length);
        unseen.update(report.unseen, report.unseen.length);
      },
    };
  },
};
