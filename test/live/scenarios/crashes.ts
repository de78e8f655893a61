import { numberAt, recordsAt } from '../json.js';
import { devices, type Prepare } from '../scenario.js';

/** One error of two people, reported three times as handled, and another that was fatal. */
export const crashes: Prepare = ({ run, api, client }) => {
  const [ann = '', bob = ''] = devices(run, 'unlucky', 2);
  const figure = async (name: string, member: string) => {
    const table = await api.method('crashes', { iDisplayLength: '100', sSearch: run });
    return numberAt(
      recordsAt(table, 'aaData').find((group) => String(group['name']).includes(name)),
      member,
    );
  };
  return {
    expectations: [
      { fact: 'handled error: reports', sent: 3, read: () => figure(`${run}-handled`, 'reports') },
      { fact: 'handled error: people', sent: 2, read: () => figure(`${run}-handled`, 'users') },
      { fact: 'fatal error: reports', sent: 1, read: () => figure(`${run}-fatal`, 'reports') },
    ],
    send() {
      const handled = new TypeError(`${run}-handled`);
      client.device(ann).logError(handled);
      client.device(ann).logError(handled);
      client.device(bob).logError(handled);
      client.device(ann).logError(new RangeError(`${run}-fatal`), { fatal: true });
    },
  };
};
