import { sumOfDays } from '../days.js';
import type { Prepare } from '../scenario.js';
import { consentOf } from '../users.js';

/** A person agrees, withdraws, and is not recorded before and after. */
export const consent: Prepare = ({ run, api, open }) => {
  const id = `${run}-careful`;
  const key = `${run}-allowed`;
  const client = open('consent', { requireConsent: true });
  return {
    expectations: [
      { fact: 'consent: events', sent: true, read: () => consentOf(api, id, 'events') },
      { fact: 'consent: views, withdrawn', sent: false, read: () => consentOf(api, id, 'views') },
      { fact: 'consent: crashes, never given', sent: false, read: () => consentOf(api, id, 'crashes') },
      {
        fact: 'events while agreed',
        sent: 2,
        read: async () => sumOfDays(await api.method('events', { event: key }), 'c'),
      },
    ],
    send() {
      const device = client.device(id);
      device.addEvent(key);
      device.giveConsent('events', 'views');
      device.addEvent(key);
      device.removeConsent('views');
      device.addEvent(key);
    },
  };
};
