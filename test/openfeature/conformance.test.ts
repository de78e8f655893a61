import { type Client, OpenFeature, ProviderStatus } from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountlyProvider } from '../../lib/openfeature/index.js';
import { FlagServer } from './support/server.js';

// What the OpenFeature specification asks of a provider (section 2) and its evaluation suite tries, through the real SDK.
// The numbers are those of the requirements.

const ADA = { targetingKey: 'ada' };

describe('a provider as OpenFeature specifies it', () => {
  let server: FlagServer;
  let flags: Client;

  beforeAll(async () => {
    server = await new FlagServer().listen();
    await OpenFeature.setProviderAndWait('conformance', new CountlyProvider({ client: server.client() }));
    flags = OpenFeature.getClient('conformance');
  });
  afterAll(async () => {
    await OpenFeature.close();
    await server.close();
  });

  it('2.1.1 names itself', () => {
    expect(new CountlyProvider().metadata.name).toBe('countly-weave');
    expect(flags.metadata.providerMetadata.name).toBe('countly-weave');
  });

  it('2.2.1 resolves booleans', async () => {
    expect(await flags.getBooleanValue('boolean-flag', false, ADA)).toBe(true);
    expect(await flags.getBooleanValue('boolean-zero-flag', true, ADA)).toBe(false);
  });

  it('2.2.2.1 resolves texts', async () => {
    expect(await flags.getStringValue('string-flag', 'bye', ADA)).toBe('hi');
    expect(await flags.getStringValue('string-zero-flag', 'bye', ADA)).toBe('');
  });

  it('2.2.2.1 resolves whole and broken numbers', async () => {
    expect(await flags.getNumberValue('integer-flag', 1, ADA)).toBe(10);
    expect(await flags.getNumberValue('integer-zero-flag', 1, ADA)).toBe(0);
    expect(await flags.getNumberValue('float-flag', 0.1, ADA)).toBe(0.5);
  });

  it('2.2.2.1 resolves structures, lists among them', async () => {
    expect(await flags.getObjectValue('object-flag', {}, ADA)).toEqual({
      ...{ showImages: true, title: 'Check out these pics!', imagesPerPage: 100 },
    });
    expect(await flags.getObjectValue('list-flag', [], ADA)).toEqual(['a', 'b']);
  });

  it('2.2.3, 2.2.5 gives the value with the reason for it', async () => {
    const details = await flags.getBooleanDetails('boolean-flag', false, { targetingKey: 'somebody-new' });
    expect(details).toMatchObject({ flagKey: 'boolean-flag', value: true, reason: 'TARGETING_MATCH' });
    // 2.2.6: nothing of an error where there is none.
    expect(details.errorCode).toBeUndefined();
    expect(details.errorMessage).toBeUndefined();
  });

  it('2.2.7 gives the default with an error code for a flag that is not there', async () => {
    expect(await flags.getStringDetails('missing-flag', 'uh-oh', ADA)).toMatchObject({
      ...{ value: 'uh-oh', reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' },
      errorMessage: 'No remote config value: "missing-flag".',
    });
  });

  it.each([
    ['a text is no number', () => flags.getNumberDetails('wrong-flag', 13, ADA), 13],
    ['a number is no text', () => flags.getStringDetails('integer-flag', 'x', ADA), 'x'],
    ['a text is no boolean', () => flags.getBooleanDetails('string-flag', true, ADA), true],
    ['a boolean is no structure', () => flags.getObjectDetails('boolean-flag', { a: 1 }, ADA), { a: 1 }],
  ])('2.2.7 gives the default where %s', async (_, evaluate, value) => {
    expect(await evaluate()).toMatchObject({ value, reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
  });

  it.each(['toString', '__proto__', 'constructor', ''])('knows no flag "%s" that nobody has set', async (key) => {
    expect(await flags.getObjectDetails(key, {}, ADA)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  });

  it('2.3 leaves hooks to the application', async () => {
    const seen: unknown[] = [];
    await flags.getBooleanValue('boolean-flag', false, ADA, {
      hooks: [{ after: (_, details) => void seen.push(details.value) }],
    });
    expect(seen).toEqual([true]);
  });

  it('2.4 is ready at once, and needs no context', async () => {
    expect(flags.providerStatus).toBe(ProviderStatus.READY);
    expect(await flags.getBooleanValue('boolean-flag', false)).toBe(true);
  });

  it('2.7 tracks what people do as events', async () => {
    flags.track('bought', ADA, { value: 9.5, plan: 'pro' });
    await expect
      .poll(() => server.events.find(({ key }) => key === 'bought'))
      .toMatchObject({
        ...{ sum: 9.5, segmentation: { plan: 'pro' } },
      });
  });

  it('2.5 ends with the SDK, and leaves the client to whom it belongs', async () => {
    const client = server.client();
    await OpenFeature.setProviderAndWait('ending', new CountlyProvider({ client }));
    await OpenFeature.setProviderAndWait('ending', new CountlyProvider({ client }));
    expect(await OpenFeature.getClient('ending').getBooleanValue('boolean-flag', false, ADA)).toBe(true);
    expect(client.enabled).toBe(true);
  });
});
