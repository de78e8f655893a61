import { numberAt, recordsAt } from '../json.js';
import { devices, type Prepare } from '../scenario.js';

/** Answers to a rating widget. The server keeps them under the widget's id, whether it knows the widget or not. */
export const ratings: Prepare = ({ run, api, client }) => {
  const [ann = '', bob = ''] = devices(run, 'critic', 2);
  const data = (more: Record<string, string> = {}) =>
    api.ask('/o/feedback/data', { widget_id: run, period: 'month', iDisplayLength: '50', ...more });
  return {
    expectations: [
      { fact: 'ratings of a widget', sent: 2, read: async () => numberAt(await data(), 'iTotalRecords') },
      { fact: 'ratings of 5', sent: 1, read: async () => numberAt(await data({ rating: '5' }), 'iTotalRecords') },
      {
        fact: 'comment of the rating of 2',
        sent: 'too slow',
        read: async () =>
          recordsAt(await data({ rating: '2' }), 'aaData').map((answer) => String(answer['comment']))[0],
      },
    ],
    send() {
      client.device(ann).reportFeedback({ rating: 5, widgetId: run });
      client.device(bob).reportFeedback({ rating: 2, widgetId: run, comment: 'too slow' });
    },
  };
};
