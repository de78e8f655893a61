import { Body, ConflictException, Controller, Get, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { TrackView } from 'countly-weave';
import { type Cart } from '../cart/cart.js';
import { CartService } from '../cart/cart.service.js';
import { answerOrRedirect } from '../pages/answer-or-redirect.js';
import { Page } from '../pages/page.js';
import { type ShopRequest, type ShopResponse } from '../visitors/http.js';
import { VisitorId } from '../visitors/visitor-id.decorator.js';
import { checkoutPage, thanksPage } from './checkout.pages.js';
import { CheckoutService } from './checkout.service.js';
import { readCheckoutForm } from './checkout-form.js';
import { Order } from './order.js';

@Controller('checkout')
export class CheckoutController {
  constructor(
    private readonly carts: CartService,
    private readonly checkout: CheckoutService,
  ) {}

  @Get()
  @Page(checkoutPage)
  @TrackView('Checkout')
  show(@VisitorId() visitorId: string): Cart {
    return this.carts.get(visitorId);
  }

  @Post()
  async pay(
    @VisitorId() visitorId: string,
    @Body() body: unknown,
    @Req() request: ShopRequest,
    @Res() response: ShopResponse,
  ): Promise<void> {
    const form = readCheckoutForm(body);
    const cart = this.carts.get(visitorId);
    if (cart.lines.length === 0) throw new ConflictException('The cart is empty.');
    const receipt = await this.checkout.placeOrder(visitorId, new Order(cart, form));
    answerOrRedirect(request, response, HttpStatus.CREATED, receipt, `/checkout/thanks?order=${receipt.orderId}`);
  }

  @Get('thanks')
  @Page(thanksPage)
  @TrackView('Thank you')
  thanks(@Query('order') orderId: unknown): { readonly orderId: string } {
    return { orderId: typeof orderId === 'string' ? orderId.slice(0, 8) : '' };
  }
}
