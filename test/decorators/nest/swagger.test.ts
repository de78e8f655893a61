import { applyDecorators, Body, Controller, Get, Module, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiExtension,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiQuery,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import { describe, expect, test } from 'vitest';
import { oursAt, PLACES, type Place } from './twins.js';

class Order {
  @ApiProperty({ example: 7 })
  id = 0;
  @ApiProperty({ enum: ['open', 'paid'] })
  state = 'open';
}

class NewOrder {
  @ApiProperty({ type: [String], minItems: 1 })
  skus: string[] = [];
}

const ApiPaged = () => applyDecorators(ApiQuery({ name: 'page', type: Number, required: false }), ApiTags('paged'));

async function documentOf(place: Place): Promise<object> {
  const ours = oursAt(place);

  @Controller('orders')
  class Orders {
    @ours('above')
    @ApiOperation({ summary: 'One order', operationId: 'oneOrder' })
    @ApiOkResponse({ type: Order })
    @ours('between')
    @ApiHeader({ name: 'x-shop', required: true })
    @Get(':id')
    @ours('below')
    one(@Param('id', ParseIntPipe) id: number, @Query('deep') _deep?: boolean): Order {
      return { id, state: 'open' };
    }

    @ours('above')
    @ApiBody({ type: NewOrder })
    @ApiBearerAuth()
    @ours('between')
    @ApiCreatedResponse({ type: Order, description: 'made' })
    @Post()
    @ours('below')
    async create(@Body() _order: NewOrder): Promise<Order> {
      return new Order();
    }

    @ours('above')
    @ApiPaged()
    @ours('between')
    @ApiExtension('x-internal', true)
    @Get()
    @ours('below')
    all(@Query('page') _page: number): Order[] {
      return [];
    }
  }

  @Module({ controllers: [Orders] })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  await app.init();
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('shop').addBearerAuth().build());
  await app.close();
  return document;
}

describe('@nestjs/swagger', () => {
  test('the document of the twin says what stands on the methods', async () => {
    const text = JSON.stringify(await documentOf('nowhere'));
    for (const part of [
      'oneOrder',
      '"name":"page"',
      '"name":"deep"',
      'x-shop',
      'x-internal',
      'Order',
      'NewOrder',
      'bearer',
    ]) {
      expect(text).toContain(part);
    }
  });

  test.each(PLACES)('the document is the same with our decorators %s', async (place) => {
    expect(await documentOf(place)).toEqual(await documentOf('nowhere'));
  });
});
