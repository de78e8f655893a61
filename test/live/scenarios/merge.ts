import { sumOfDays } from '../days.js';
import type { Prepare } from '../scenario.js';
import { consentOf, userFigure, usersOf } from '../users.js';

/** A visitor without a name signs in: two ids, one person, and the consent of before. */
export const merge: Prepare = ({ run, api, open }) => {
  const anonymous = `${run}-anonymous`;
  const known = `${run}-known`;
  const key = `${run}-signed-in`;
  const client = open('merge', { requireConsent: true });
  return {
    expectations: [
      { fact: 'merge: people', sent: 1, read: () => usersOf(api, [anonymous, known]) },
      { fact: 'merge: sessions of the person', sent: 1, read: () => userFigure(api, known, 'sc') },
      { fact: 'merge: events', sent: 2, read: async () => sumOfDays(await api.method('events', { event: key }), 'c') },
      { fact: 'merge: consent to events', sent: true, read: () => consentOf(api, known, 'events') },
    ],
    send() {
      const device = client.scope({ deviceId: anonymous });
      device.giveConsent('events', 'sessions');
      device.beginSession();
      device.addEvent(key);
      device.changeId(known, { merge: true });
      device.addEvent(key);
      device.endSession(3);
    },
  };
};
