import { sumOfDays } from '../days.js';
import { devices, type Prepare } from '../scenario.js';

const DEVICES = 12;

/** Events with counts, sums, durations and segments, of more devices than a client sends for one by one. */
export const events: Prepare = ({ run, api, client }) => {
  const order = `${run}-order`;
  const plain = `${run}-plain`;
  const figures = (event: string, more: Record<string, string> = {}) => api.method('events', { event, ...more });
  const plans = () => figures(order, { segmentation: 'plan' });
  return {
    expectations: [
      { fact: 'event: count', sent: DEVICES * 4, read: async () => sumOfDays(await figures(order), 'c') },
      { fact: 'event: sum', sent: DEVICES * 10.3, read: async () => sumOfDays(await figures(order), 's') },
      { fact: 'event: duration', sent: DEVICES * 2.5, read: async () => sumOfDays(await figures(order), 'dur') },
      { fact: 'segment "pro": count', sent: DEVICES, read: async () => sumOfDays(await plans(), 'c', 'pro') },
      { fact: 'segment "free": count', sent: DEVICES * 3, read: async () => sumOfDays(await plans(), 'c', 'free') },
      { fact: 'segment "free": sum', sent: DEVICES * 0.8, read: async () => sumOfDays(await plans(), 's', 'free') },
      { fact: 'event without anything: count', sent: 1, read: async () => sumOfDays(await figures(plain), 'c') },
      { fact: 'event without anything: sum', sent: 0, read: async () => sumOfDays(await figures(plain), 's') },
    ],
    send() {
      for (const id of devices(run, 'buyer', DEVICES)) {
        const device = client.device(id);
        device.addEvent(order, { sum: 9.5, dur: 2.5, segmentation: { plan: 'pro' } });
        device.addEvent(order, { count: 3, sum: 0.8, segmentation: { plan: 'free' } });
      }
      client.device(`${run}-buyer-0`).addEvent(plain);
    },
  };
};
