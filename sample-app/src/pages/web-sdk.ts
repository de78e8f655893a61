import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Controller, Get, Header, Injectable } from '@nestjs/common';
import { readServer } from '../telemetry/server.js';
import type { Visitor } from '../visitors/visitor.js';
import { Html } from './html.js';

/** Where a page finds Countly's web SDK. */
export const WEB_SDK_PATH = '/countly.js';

/** What a page says of itself: to the same server, under the same id as what happens behind it. */
@Injectable()
export class WebSdk {
  readonly #server = process.env['COUNTLY_DISABLED'] === 'true' ? undefined : readServer(process.env);

  /** Nothing for who does not want to be counted. */
  snippetFor(visitor: Visitor): Html | undefined {
    if (visitor.optedOut || this.#server === undefined || 'problem' in this.#server) return undefined;
    const { url, appKey } = this.#server;
    const settings = inScript({
      // A browser may have to take another way to the server than the shop.
      url: process.env['COUNTLY_WEB_URL'] || url,
      app_key: appKey,
      device_id: visitor.id,
      // Whom the SDK takes for a bot, a headless browser too, it gives no id, and reports its own health all the same: as of a
      // person named "undefined". Whoever is counted behind the page is counted on it.
      ignore_bots: false,
    });
    return new Html(`<script src="${WEB_SDK_PATH}"></script>
<script>
  const settings = ${settings};
  Countly.init(settings);
  // The SDK keeps the id it had. A login makes one person of both ids, as it does behind the page; a logout does not.
  if (Countly.get_device_id() !== settings.device_id)
    Countly.change_id(settings.device_id, settings.device_id.startsWith('customer-'));
  Countly.track_errors();
  // Sessions and views are counted behind the page: one side is enough.
  Countly.add_event({ key: 'page_shown', segmentation: { wide: innerWidth > 800 } });
</script>`);
  }
}

@Controller()
export class WebSdkController {
  readonly #sdk = readFileSync(createRequire(import.meta.url).resolve('countly-sdk-web/lib/countly.min.js'), 'utf8');

  @Get(WEB_SDK_PATH)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'max-age=3600')
  read(): string {
    return this.#sdk;
  }
}

/** JSON that no browser takes for the end of the script. */
function inScript(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
