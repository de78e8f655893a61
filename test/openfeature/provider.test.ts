import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountlyConfigError, type CountlyOptions } from '../../lib/index.js';
import { CountlyProvider, type CountlyProviderOptions } from '../../lib/openfeature/index.js';
import { FLAGS, FlagServer } from './support/server.js';

const ADA = { targetingKey: 'ada' };
let server: FlagServer;
let flags: Client;

async function open(options: CountlyProviderOptions = {}, clientOptions: CountlyOptions = {}) {
  const client = server.client(clientOptions);
  await OpenFeature.setProviderAndWait('test', new CountlyProvider({ client, ...options }));
  flags = OpenFeature.getClient('test');
  return client;
}

beforeEach(async () => {
  server = await new FlagServer().listen();
});
afterEach(async () => {
  await OpenFeature.clearProviders();
  await server.close();
});

const reasonOf = async () => (await flags.getBooleanDetails('boolean-flag', false, ADA)).reason;

describe('what a person is asked about', () => {
  it('is asked once, by however many evaluations, and then known for a time', async () => {
    await open();
    await Promise.all([reasonOf(), reasonOf()]);
    expect(await reasonOf()).toBe('CACHED');
    await flags.getStringValue('string-flag', '', { targetingKey: 'bob' });
    expect(server.asked).toEqual(['rc ada', 'rc bob']);
  });

  it('is asked anew when it is old', async () => {
    await open({ maxAge: 0 });
    expect([await reasonOf(), await reasonOf()]).toEqual(['TARGETING_MATCH', 'TARGETING_MATCH']);
  });

  it('is what was said before when the server does not answer', async () => {
    await open({ maxAge: 0, timeout: 100 });
    await reasonOf();
    server.broken = true;
    expect(await flags.getBooleanDetails('boolean-flag', false, ADA)).toMatchObject({ value: true, reason: 'STALE' });
    server.broken = false;
    server.delayMs = 400;
    expect(await reasonOf()).toBe('STALE');
  });

  it('is the default, in time, when the server never said anything', async () => {
    await open({ timeout: 50 });
    server.delayMs = 400;
    const began = performance.now();
    expect(await flags.getBooleanDetails('boolean-flag', false, ADA)).toMatchObject({
      ...{ value: false, reason: 'ERROR', errorCode: 'GENERAL' },
      errorMessage: 'The server does not say: no answer within 50 ms',
    });
    expect(performance.now() - began).toBeLessThan(350);
  });
});

describe('who is asked about', () => {
  it('is whoever is being served, with what they agreed to', async () => {
    const client = await open({}, { requireConsent: true });
    const evaluate = () => flags.getBooleanDetails('boolean-flag', false);
    const ada = client.scope({ deviceId: 'ada', consent: ['remote-config'] });
    expect(await client.run(ada, evaluate)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
    const bob = client.scope({ deviceId: 'bob', consent: [] });
    expect(await client.run(bob, evaluate)).toMatchObject({ value: false, reason: 'DEFAULT' });
    expect(await evaluate()).toMatchObject({ value: false, reason: 'DEFAULT' });
    expect(server.asked).toEqual(['rc ada']);
  });

  it('is the process where nobody is being served', async () => {
    await open();
    await flags.getBooleanValue('boolean-flag', false);
    expect(server.asked).toEqual(['rc the-process']);
  });

  it('is nobody with a key that is no device id', async () => {
    await open();
    const nobody = { targetingKey: '00000000-0000-0000-0000-000000000000' };
    expect(await flags.getBooleanDetails('boolean-flag', false, nobody)).toMatchObject({
      errorCode: 'INVALID_CONTEXT',
    });
  });
});

describe('A/B tests', () => {
  const variants = {
    'string-flag': [
      { name: 'Control', value: 'bye' },
      { name: 'Greeting', value: 'hi' },
    ],
  };

  it('enrol who evaluates, and name the variant', async () => {
    await open({ abTests: true });
    server.variants = variants;
    const evaluate = (key: string) => flags.getStringDetails(key, '', ADA);
    expect(await evaluate('string-flag')).toMatchObject({ value: 'hi', reason: 'SPLIT', variant: 'Greeting' });
    expect(await evaluate('string-flag')).toMatchObject({ reason: 'CACHED', variant: 'Greeting' });
    expect((await evaluate('wrong-flag')).variant).toBeUndefined();
    expect(server.asked).toEqual(['rc ada enrolled', 'ab_fetch_variants ada']);
  });

  it.each([[{ 'string-flag': 'no list' }], [{ 'string-flag': [null, 5, {}] }], ['nothing'], [null]])(
    'may answer %j',
    async (answer) => {
      await open({ abTests: true });
      server.variants = answer;
      const details = await flags.getStringDetails('string-flag', '', ADA);
      expect(details).toMatchObject({ value: 'hi', reason: 'TARGETING_MATCH' });
    },
  );
});

describe('exposures', () => {
  const exposures = async (key = 'flag_exposure') => server.events.filter((event) => event.key === key);

  it('are events, one for each flag and answer, with the variant', async () => {
    const client = await open({ abTests: true });
    server.variants = { 'string-flag': [{ name: 'Greeting', value: 'hi' }] };
    for (let i = 0; i < 3; i++) await flags.getStringValue('string-flag', '', ADA);
    await flags.getObjectValue('object-flag', {}, ADA);
    await flags.getStringValue('missing-flag', '', ADA);
    await client.flush();
    expect((await exposures()).map(({ segmentation }) => segmentation)).toEqual([
      { flag: 'string-flag', variant: 'Greeting', value: 'hi' },
      { flag: 'object-flag' },
    ]);
  });

  it('come again with the next answer, under a key of your own', async () => {
    const client = await open({ maxAge: 0, exposures: 'seen' });
    await reasonOf();
    await reasonOf();
    await client.flush();
    expect(await exposures('seen')).toHaveLength(2);
  });

  it('are none where they are not wanted or not agreed to', async () => {
    const quiet = await open({ exposures: false });
    await reasonOf();
    await quiet.flush();
    const asking = await open({}, { requireConsent: true });
    asking.device('ada').giveConsent('remote-config');
    expect(await reasonOf()).toBe('TARGETING_MATCH');
    await asking.flush();
    expect(await exposures()).toEqual([]);
    expect(asking.stats().dropped.consent ?? 0).toBe(0);
  });
});

describe('without a server to ask', () => {
  it('the default holds: no client, a disabled one', async () => {
    await OpenFeature.setProviderAndWait('test', new CountlyProvider());
    flags = OpenFeature.getClient('test');
    const none = await flags.getBooleanDetails('boolean-flag', true, ADA);
    expect(none).toMatchObject({ value: true, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
    expect(none.errorMessage).toContain('Countly.init');
    expect(() => flags.track('bought', ADA)).not.toThrow();
    await open({}, { disabled: true });
    expect(await flags.getBooleanDetails('boolean-flag', true, ADA)).toMatchObject({ value: true, reason: 'DISABLED' });
    expect(server.asked).toEqual([]);
  });

  it.each([
    [{ timeout: 0 }, 'CountlyProvider.timeout: expected milliseconds'],
    [{ exposures: true }, 'CountlyProvider.exposures: expected the key of an event, or false'],
    [{ client: {} }, 'CountlyProvider.client: expected a Countly client'],
    [{ abTest: true }, 'did you mean "abTests"?'],
    [null, 'CountlyProvider: expected an object, got null'],
    ['client', 'CountlyProvider: expected an object'],
  ])('options such as %j are refused', (options, message) => {
    const make = () => new CountlyProvider(options as CountlyProviderOptions);
    expect(make).toThrow(CountlyConfigError);
    expect(make).toThrow(message);
  });

  it('values are those of the server, untouched', async () => {
    await open();
    expect(await flags.getObjectValue('object-flag', {}, ADA)).toEqual(FLAGS['object-flag']);
  });
});
