import { OpenFeature } from '@openfeature/server-sdk';
import { Countly } from 'countly-weave';
import { CountlyProvider, type CountlyProviderOptions } from 'countly-weave/openfeature';

const options: CountlyProviderOptions = { abTests: true, timeout: 200 };

export async function start(client: Countly): Promise<boolean> {
  await OpenFeature.setProviderAndWait(new CountlyProvider({ ...options, client }));
  return OpenFeature.getClient().getBooleanValue('open', false, { targetingKey: 'visitor-17' });
}

// @ts-expect-error the time is a number: the declarations were found and are strict
export const wrong: CountlyProviderOptions = { timeout: 'long' };
