import { Logger } from '@nestjs/common';
import type { ConsentFeature } from 'countly-weave';
import type { CountlyModuleOptions } from 'countly-weave/nest';
import { redisFleet } from 'countly-weave/redis';
import { WEB_SDK_PATH } from '../pages/web-sdk.js';
import type { Visitor } from '../visitors/visitor.js';
import { LOCAL_INSPECTOR, readServer } from './server.js';

/** What a visitor who has nothing against it is counted for. */
const VISITOR_CONSENT: readonly ConsentFeature[] = [
  'sessions',
  'events',
  'views',
  'crashes',
  'apm',
  'users',
  'location',
];

/** Shop and packing room sign and read with it who a parcel is for. In earnest it comes from where secrets are kept. */
const CARRIER_SECRET = 'the sample shop signs with this text, yours must not';

/**
 * Everything the shop tells Countly about itself. A wrong server address must not keep the shop from selling: it is
 * said on the log, and nothing is recorded.
 */
export function countlyOptions(env: NodeJS.ProcessEnv): CountlyModuleOptions {
  return {
    ...commonOptions(env),
    deviceId: ({ request }) => visitorIn(request)?.id,
    consent: ({ request }) => (visitorIn(request)?.optedOut === false ? VISITOR_CONSENT : []),
    // Jobs run for nobody in particular; what goes wrong in them is to be seen all the same.
    processConsent: ['crashes', 'apm'],
    sessions: true,
    // As a CDN in front of the shop would add it.
    place: (context) => ({ countryCode: context.header('x-visitor-country'), city: context.header('x-visitor-city') }),
    networkTraces: true,
    ignore: ({ request }) => ['/health', WEB_SDK_PATH].includes(`${request['url']}`),
  };
}

/** The packing room has no requests: who its work is for, and what they agreed to, comes with each job. */
export function workerOptions(env: NodeJS.ProcessEnv): CountlyModuleOptions {
  return {
    ...commonOptions(env),
    processDeviceId: 'packing-room',
    requireConsent: true,
    processConsent: ['crashes', 'apm'],
  };
}

function commonOptions(env: NodeJS.ProcessEnv): CountlyModuleOptions {
  const logger = new Logger('Countly');
  const server = readServer(env);
  if ('problem' in server) {
    logger.error(`${server.problem} Nothing is recorded; everything else goes on.`);
    return { ...LOCAL_INSPECTOR, disabled: true };
  }
  const redis = env['REDIS_URL'];
  return {
    ...server,
    logger,
    // Shops and packing rooms of one Redis are a fleet: one queue, and one knowledge of their visitors.
    fleet: redis ? redisFleet({ url: redis }) : undefined,
    appVersion: '1.0.0',
    storagePath: env['COUNTLY_STORAGE_PATH'] || undefined,
    carrier: { secret: env['COUNTLY_CARRIER_SECRET'] || CARRIER_SECRET },
    // For whoever watches the page; the default makes fewer requests.
    flushInterval: 500,
  };
}

/** `recogniseVisitor` has put it there before any scope is opened. */
function visitorIn(request: object): Visitor | undefined {
  return (request as { visitor?: Visitor }).visitor;
}
