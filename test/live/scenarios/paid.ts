import { devices, type Prepare } from '../scenario.js';
import { requestsOf } from '../users.js';

/**
 * What only the paid edition counts: user details and traces. A community server tells in its request log that they came,
 * which is compared; what a paid one makes of them is not.
 */
export const paid: Prepare = ({ run, api, client }) => {
  const [person = '', service = ''] = devices(run, 'paid', 2);
  return {
    expectations: [
      { fact: 'requests with user details', sent: 2, read: () => requestsOf(api, person, 'user_details') },
      { fact: 'requests with a trace', sent: 2, read: () => requestsOf(api, service, 'apm') },
    ],
    send() {
      client.device(person).userDetails({ name: 'Ann', custom: { plan: 'pro' } });
      client.device(person).userDetails({ custom: { logins: { $inc: 1 } } });
      const device = client.device(service);
      device.reportTrace({ type: 'network', name: `GET /${run}/:id`, responseTimeMs: 12, responseCode: 200 });
      device.reportTrace({ type: 'device', name: `${run}.job`, startedAt: Date.now() - 40, durationMs: 40 });
    },
  };
};
