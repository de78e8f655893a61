import { randomUUID } from 'node:crypto';
import { BadRequestException, Body, Controller, Get, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { type DeviceScope, TrackView } from 'countly-weave';
import { CurrentScope } from 'countly-weave/nest';
import { CartStore } from '../cart/cart.store.js';
import { answerOrRedirect } from '../pages/answer-or-redirect.js';
import { Page } from '../pages/page.js';
import { readCookie, setCookie } from './cookies.js';
import { Customers } from './customers.js';
import { type ShopRequest, type ShopResponse } from './http.js';
import { loginPage } from './login.page.js';
import { LOGIN_COOKIE, VISITOR_COOKIE } from './visitor.js';

/** Lets a visitor become a customer and leave again: for Countly, one person on the way in, and two on the way out. */
@Controller()
export class LoginController {
  constructor(
    private readonly customers: Customers,
    private readonly carts: CartStore,
  ) {}

  @Get('login')
  @Page(loginPage)
  @TrackView('Log in')
  show(): object {
    return {};
  }

  @Post('login')
  logIn(
    @Body('name') given: unknown,
    @CurrentScope() scope: DeviceScope | undefined,
    @Req() request: ShopRequest,
    @Res() response: ShopResponse,
  ): void {
    const name = typeof given === 'string' ? given.trim().slice(0, 60) : '';
    if (name === '') throw new BadRequestException('name: expected what to call you');
    const { customer, token } = this.customers.logIn(name);
    const { visitor } = request;
    setCookie(response, LOGIN_COOKIE, token);
    if (visitor.customer === undefined) {
      this.carts.move(visitor.id, customer.id);
      // What this browser did so far was done by the customer, unless it was not to be counted. Its mark is used up: the next
      // visitor gets another one.
      if (!visitor.optedOut) scope?.changeId(customer.id, { merge: true });
      setCookie(response, VISITOR_COOKIE, randomUUID());
    } else if (visitor.customer.id !== customer.id) {
      scope?.changeId(customer.id);
    }
    scope?.userDetails({ name, custom: { tier: customer.name.length > 6 ? 'gold' : 'plain' } });
    scope?.userData.increment('logins');
    scope?.userData.save();
    answerOrRedirect(request, response, HttpStatus.OK, { customer: customer.id }, '/cart');
  }

  @Post('logout')
  logOut(
    @CurrentScope() scope: DeviceScope | undefined,
    @Req() request: ShopRequest,
    @Res() response: ShopResponse,
  ): void {
    this.customers.logOut(readCookie(request, LOGIN_COOKIE));
    setCookie(response, LOGIN_COOKIE, '');
    scope?.endSession();
    answerOrRedirect(request, response, HttpStatus.OK, {}, '/');
  }
}
