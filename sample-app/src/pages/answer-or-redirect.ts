import { HttpStatus } from '@nestjs/common';
import { type ShopRequest, type ShopResponse, wantsHtml } from '../visitors/http.js';

/** After a form a browser is sent to a page, so that reloading does not post again; a program gets the result. */
export function answerOrRedirect(
  request: ShopRequest,
  response: ShopResponse,
  status: HttpStatus,
  result: unknown,
  page: string,
): void {
  if (wantsHtml(request)) {
    response.writeHead(HttpStatus.SEE_OTHER, { location: page }).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(result));
}
