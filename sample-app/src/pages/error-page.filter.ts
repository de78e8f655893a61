import { type ArgumentsHost, Catch, HttpException, HttpStatus, Logger } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { type ShopRequest, type ShopResponse, wantsHtml } from '../visitors/http.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { WebSdk } from './web-sdk.js';

const TITLES: Readonly<Record<number, string>> = {
  402: 'Payment declined',
  404: 'Not found',
  409: 'Not now',
  500: 'Something broke',
};

/** Shows people a page instead of JSON. Programs get Nest's own answer, and unexpected errors Nest's own log line. */
@Catch()
export class ErrorPageFilter extends BaseExceptionFilter {
  readonly #logger = new Logger('Shop');

  constructor(private readonly webSdk: WebSdk) {
    super();
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ShopRequest>();
    const response = http.getResponse<ShopResponse>();
    if (!wantsHtml(request) || response.headersSent) {
      super.catch(exception, host);
      return;
    }
    const expected = exception instanceof HttpException;
    if (!expected) this.#logger.error(exception);
    const status = expected ? exception.getStatus() : HttpStatus.INTERNAL_SERVER_ERROR;
    const body = html`<p class="notice bad">${expected ? exception.message : 'Something broke on our side. Your cart is safe.'}</p>
<p><a href="/cart">Back to the cart</a></p>`;
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      layout({
        title: TITLES[status] ?? `Error ${status}`,
        body,
        path: request.url ?? '/',
        visitor: request.visitor,
        webSdk: this.webSdk.snippetFor(request.visitor),
      }),
    );
  }
}
