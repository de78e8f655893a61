import { describe, expect, test } from 'vitest';
import { createHttpTransport } from '../../lib/http/http-transport.js';
import type { Transport } from '../../lib/http/transport.js';
import { transportContract } from '../../lib/testing/transport-contract.js';

describe('the HTTP transport keeps the contract', () => {
  for (const { name, run } of transportContract(createHttpTransport)) test(name, run);
});

describe('the contract finds', () => {
  const flawed: Record<string, [failing: number, (real: Transport) => Partial<Transport>]> = {
    'a transport that takes everything for success': [12, () => ({ send: async () => ({ kind: 'delivered' }) })],
    'a transport that repeats': [
      8,
      (real) => ({
        async send(request) {
          const delivery = await real.send(request);
          return delivery.kind === 'delivered' ? delivery : real.send(request);
        },
      }),
    ],
    'a transport that compresses or re-encodes': [
      1,
      (real) => ({ send: (request) => real.send({ ...request, body: encodeURI(String(request.body)) }) }),
    ],
  };
  for (const [name, [failing, flaw]] of Object.entries(flawed)) {
    test(name, async () => {
      const cases = transportContract((under) => {
        const real = createHttpTransport(under);
        return { send: (r) => real.send(r), query: (r) => real.query(r), close: () => real.close(), ...flaw(real) };
      });
      const results = await Promise.allSettled(cases.map(({ run }) => run()));
      expect(results.filter((result) => result.status === 'rejected').length).toBeGreaterThanOrEqual(failing);
    });
  }
});
