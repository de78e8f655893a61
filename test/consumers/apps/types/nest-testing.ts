import { CountlyTesting, CountlyTestingModule } from 'countly-weave/nest/testing';

export const imports = [CountlyTestingModule.forRoot({ requireConsent: true })];

export async function keys(countly: CountlyTesting): Promise<readonly string[]> {
  return (await countly.events()).map((event) => event.key);
}

// @ts-expect-error an option is of its type: the declarations were found and are strict
CountlyTestingModule.forRoot({ requireConsent: 'yes' });
