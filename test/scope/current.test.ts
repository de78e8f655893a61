import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { Countly } from '../../lib/scope/countly.js';
import { bindToClient, registerClient, registeredClient, scopeFor } from '../../lib/scope/current.js';
import { RecordingTransport } from '../../lib/testing/test-client.js';

const made: Countly[] = [];

function client(name?: string): Countly {
  const countly = new Countly({
    appKey: 'APP',
    deviceId: `device-of-${made.length}`,
    durability: 'memory',
    transport: new RecordingTransport(),
    logger: silentLogger,
    ...(name === undefined ? {} : { name }),
  });
  made.push(countly);
  return countly;
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((countly) => countly.close()));
  expect(registeredClient()).toBeUndefined();
});

it('the newest client of a name is in use; when it closes, the one before is again', async () => {
  const first = client();
  const second = client();
  registerClient(first);
  registerClient(second);
  expect(registeredClient()).toBe(second);
  await second.close();
  expect(registeredClient()).toBe(first);
});

it('without any client there is no scope', () => {
  expect(scopeFor({})).toBeUndefined();
});

it('the current scope goes before the client an instance is bound to, and that before the default one', () => {
  const [fallback, bound] = [client(), client()];
  registerClient(fallback);
  const instance = {};
  expect(scopeFor(instance)).toBe(fallback);
  bindToClient(instance, bound);
  expect(scopeFor(instance)).toBe(bound);
  fallback.run({ deviceId: 'visitor-17' }, () => expect(scopeFor(instance)?.deviceId).toBe('visitor-17'));
});

it('a named client records under the device of the current scope', () => {
  const [fallback, billing] = [client(), client('billing')];
  registerClient(fallback);
  registerClient(billing);
  fallback.run({ deviceId: 'visitor-17' }, () => {
    const scope = scopeFor({}, 'billing');
    expect(scope?.deviceId).toBe('visitor-17');
    expect(scope).not.toBe(scopeFor({}));
  });
  expect(scopeFor({}, 'billing')).toBe(billing);
  expect(scopeFor({}, 'unknown')).toBeUndefined();
});
