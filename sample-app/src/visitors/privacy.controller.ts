import { Body, Controller, HttpStatus, Post, Res } from '@nestjs/common';
import { ownPath } from '../pages/own-path.js';
import { setCookie } from './cookies.js';
import { type ShopResponse } from './http.js';
import { CONSENT_COOKIE } from './visitor.js';

/** The visitor's choice whether to be counted. */
@Controller('privacy')
export class PrivacyController {
  @Post()
  choose(@Body('consent') consent: unknown, @Body('back') back: unknown, @Res() response: ShopResponse): void {
    setCookie(response, CONSENT_COOKIE, consent === 'none' ? 'none' : 'all');
    response.writeHead(HttpStatus.SEE_OTHER, { location: ownPath(back) }).end();
  }
}
