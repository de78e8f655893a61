import { Countly, silentLogger } from 'countly-weave';
import { CountlyModule, fromHeader } from 'countly-weave/nest';
import { EVENT_KEY, segmentation } from '../support/event.mjs';

let client;

/** Keeps the client that Nest made. */
class ClientModule {}

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
  const keep = { provide: 'bench-client', inject: [Countly], useFactory: (made) => (client = made) };
  const imports = [{ module: ClientModule, imports: [module], providers: [keep] }];
  return { imports, onRequest, flush: (app) => app.get(Countly).flush({ timeout: 3000 }) };
}

const record = (n) => client.current().addEvent(EVENT_KEY, { segmentation: segmentation(n) });

export const scope = (where) => app(where, {}, undefined);
export const event = (where) => app(where, {}, record);
export const eventAndTrace = (where) => app(where, { networkTraces: true }, record);
