import type { ExecutionContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { carrierOfWork } from '../../nest/carrier/from-carrier.js';
import { ClientMaker } from '../../nest/client/client-maker.js';
import { CountlyRuntime } from '../../nest/countly.runtime.js';
import { addressOf, headerOf, isSecure } from '../../nest/identity/request-values.js';
import { MessageUnits } from '../../nest/scope/message-units.js';
import { Collector } from './support/collector.js';
import { quiet } from './support/platforms.js';

const throws = (): never => {
  throw new Error('odd');
};
const request = (given: object) => given as { headers: Record<string, string> };

describe('a header', () => {
  it.each([
    ['a text', 'ada', 'ada'],
    ['a number', 7, '7'],
    ['a list', ['ada', 7, null, 'bob'], 'ada, 7, bob'],
    ['bytes, as Kafka has them', Buffer.from('ada'), 'ada'],
    ['a list of bytes', [Buffer.from('ada')], 'ada'],
    ['an object', {}, undefined],
    ['a function', throws, undefined],
    ['an empty list', [], undefined],
  ])('may be %s', (_what, value, text) => {
    expect(headerOf(request({ headers: { 'x-id': value } }), 'X-Id')).toBe(text);
  });

  it.each([
    ['of the fetch standard', new Headers({ 'X-Id': 'ada' })],
    ['of a map', new Map([['x-id', 'ada']])],
  ])('is found in headers %s', (_what, headers) => {
    expect(headerOf(request({ headers }), 'x-id')).toBe('ada');
  });

  it('is none where there are no headers, and no name of objects', () => {
    for (const headers of [undefined, null, {}, 7, new Proxy({}, { get: throws })]) {
      expect(headerOf(request({ headers }), 'constructor')).toBeUndefined();
    }
    expect(headerOf(request(Object.defineProperty({}, 'headers', { get: throws })), 'x-id')).toBeUndefined();
  });
});

describe('the other end of a request', () => {
  it.each([
    [{ ip: '203.0.113.9', socket: { remoteAddress: '::1' } }, '203.0.113.9'],
    [{ address: '203.0.113.9' }, '203.0.113.9'],
    [{ socket: { remoteAddress: '::1' } }, '::1'],
    [{ ip: 7, socket: null }, undefined],
    [{}, undefined],
  ])('is read of %j', (given, address) => {
    expect(addressOf(request(given))).toBe(address);
  });

  it('is nobody where getters throw', () => {
    const odd = Object.defineProperties(
      {},
      { ip: { get: throws }, socket: { get: throws }, protocol: { get: throws } },
    );
    expect([addressOf(request(odd)), isSecure(request(odd))]).toEqual([undefined, false]);
    const known = Object.defineProperty({ socket: { remoteAddress: '::1', encrypted: true } }, 'ip', { get: throws });
    expect([addressOf(request(known)), isSecure(request(known))]).toEqual(['::1', true]);
  });
});

describe('messages and jobs of any shape', () => {
  it('are handled without a scope when their transport throws', async () => {
    const maker = new ClientMaker(quiet(new Collector()), 'odd', new ModulesContainer());
    const runtime = new CountlyRuntime(maker, maker.make());
    const units = new MessageUnits(runtime, runtime.failures);
    const execution = {
      getType: () => 'rpc',
      getArgs: () => [],
      switchToRpc: () => ({ getData: () => ({}), getContext: () => ({ getMessage: throws }) }),
    };
    expect(await units.openEarly(execution as unknown as ExecutionContext)).toBeUndefined();
    expect(await units.open(execution as unknown as ExecutionContext)).toBeUndefined();
    await runtime.close();
  });

  it('have no carrier when it cannot be read', () => {
    expect(carrierOfWork([Object.defineProperty({}, 'data', { get: throws })])).toBeUndefined();
    expect(carrierOfWork([{ data: new Proxy({}, { get: throws }) }])).toBeUndefined();
  });
});
