import { Countly, contextScope, silentLogger } from 'countly-weave';
import { CountlyModule, fromHeader } from 'countly-weave/nest';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

function app({ url, folder }, options, onRequest) {
  const module = CountlyModule.forRoot({
    url,
    appKey: 'bench',
    processDeviceId: 'bench',
    deviceId: fromHeader('x-device-id'),
    storagePath: folder,
    logger: silentLogger,
    bootReport: false,
    shutdownWarning: false,
    ...options,
  });
  return { imports: [module], onRequest, flush: (app) => app.get(Countly).flush({ timeout: 3000 }) };
}

const record = (n) => contextScope().addEvent(EVENT_KEY, { segmentation: segmentation(n) });

export const scope = (where) => app(where, {}, undefined);
export const event = (where) => app(where, {}, record);
export const eventAndTrace = (where) => app(where, { networkTraces: true }, record);
