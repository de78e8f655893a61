import { sumOfDays } from '../days.js';
import { devices, type Prepare } from '../scenario.js';
import { userFigure } from '../users.js';

/**
 * Sessions that are extended and ended with given seconds, and a second one right after the first. Seconds are asked of each
 * person: those of the whole app may lack some on a server with few people (docs/protocol.md §3.2).
 */
export const sessions: Prepare = ({ run, api, client }) => {
  // A device model of this run's own, since other scenarios have sessions too.
  const metrics = { _device: `${run}-model` };
  const ids = devices(run, 'visitor', 3);
  const [first = '', second = ''] = ids;
  const ofModel = async (figure: string) => sumOfDays(await api.method('devices'), figure, metrics._device);
  return {
    expectations: [
      { fact: 'sessions of a device model', sent: 4, read: () => ofModel('t') },
      { fact: 'new people of a device model', sent: 3, read: () => ofModel('n') },
      { fact: 'sessions of a person with one', sent: 1, read: () => userFigure(api, second, 'sc') },
      { fact: 'seconds of a person with one', sent: 42, read: () => userFigure(api, second, 'tsd') },
      { fact: 'sessions of a person with two', sent: 2, read: () => userFigure(api, first, 'sc') },
      { fact: 'seconds of a person with two', sent: 47, read: () => userFigure(api, first, 'tsd') },
    ],
    send() {
      for (const deviceId of ids) {
        const device = client.scope({ deviceId, metrics });
        device.beginSession();
        device.sessionDuration(30);
        device.endSession(12);
      }
      const again = client.scope({ deviceId: first, metrics });
      again.beginSession();
      again.endSession(5);
    },
  };
};
