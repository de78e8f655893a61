import { BadRequestException, Body, Controller, Get, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { TrackView } from 'countly-weave';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { answerOrRedirect } from '../pages/answer-or-redirect.js';
import { Page } from '../pages/page.js';
import { type ShopRequest, type ShopResponse } from '../visitors/http.js';
import { VisitorId } from '../visitors/visitor-id.decorator.js';
import { type Cart } from './cart.js';
import { cartPage } from './cart.page.js';
import { CartService } from './cart.service.js';
import { CartChange } from './cart-change.js';

const MAX_QUANTITY = 9;

@Controller('cart')
export class CartController {
  constructor(
    private readonly carts: CartService,
    private readonly catalogue: CatalogueService,
  ) {}

  @Get()
  @Page(cartPage)
  @TrackView('Cart')
  show(@VisitorId() visitorId: string): Cart {
    return this.carts.get(visitorId);
  }

  @Post('items')
  async add(
    @VisitorId() visitorId: string,
    @Body('productId') productId: unknown,
    @Body('quantity') quantity: unknown,
    @Req() request: ShopRequest,
    @Res() response: ShopResponse,
  ): Promise<void> {
    const change = new CartChange(await this.catalogue.find(String(productId)), readQuantity(quantity));
    answerOrRedirect(request, response, HttpStatus.CREATED, this.carts.add(visitorId, change), '/cart');
  }

  @Post('items/remove')
  remove(
    @VisitorId() visitorId: string,
    @Body('productId') productId: unknown,
    @Req() request: ShopRequest,
    @Res() response: ShopResponse,
  ): void {
    this.carts.remove(visitorId, String(productId));
    answerOrRedirect(request, response, HttpStatus.OK, this.carts.get(visitorId), '/cart');
  }
}

function readQuantity(value: unknown): number {
  const quantity = Number(value ?? 1);
  if (Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY) return quantity;
  throw new BadRequestException(`quantity: expected a whole number from 1 to ${MAX_QUANTITY}`);
}
