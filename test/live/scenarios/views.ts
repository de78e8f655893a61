import { numberAt, recordsAt } from '../json.js';
import { devices, type Prepare } from '../scenario.js';

/** Views of several people, each ended by hand, one of them seen twice. */
export const views: Prepare = ({ run, api, client }) => {
  const home = `/${run}/home`;
  const cart = `/${run}/cart`;
  const ids = devices(run, 'reader', 3);
  const figure = async (name: string, member: string) => {
    const table = await api.method('views', {
      action: 'getTable',
      sSearch: run,
      iDisplayLength: '50',
      period: 'month',
    });
    return numberAt(
      recordsAt(table, 'aaData').find(({ view }) => view === name),
      member,
    );
  };
  return {
    expectations: [
      { fact: 'view: visits', sent: 4, read: () => figure(home, 't') },
      { fact: 'view: people', sent: 3, read: () => figure(home, 'uvalue') },
      { fact: 'view: landings', sent: 3, read: () => figure(home, 's') },
      { fact: 'view: seconds', sent: 23, read: () => figure(home, 'd') },
      { fact: 'second view: visits', sent: 3, read: () => figure(cart, 't') },
      { fact: 'second view: landings', sent: 0, read: () => figure(cart, 's') },
      { fact: 'second view: seconds', sent: 9, read: () => figure(cart, 'd') },
    ],
    send() {
      for (const id of ids) {
        const device = client.device(id);
        device.trackView(home).end(7);
        device.trackView(cart).end(3);
      }
      client
        .device(ids[0] ?? '')
        .trackView(home)
        .end(2);
    },
  };
};
