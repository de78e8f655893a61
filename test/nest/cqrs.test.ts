import { Controller, Get, Injectable, Query } from '@nestjs/common';
import {
  Command,
  CommandBus,
  CommandHandler,
  CqrsModule,
  Query as CqrsQuery,
  EventBus,
  EventsHandler,
  type ICommand,
  type ICommandHandler,
  type IEvent,
  type IEventHandler,
  type IQueryHandler,
  ofType,
  QueryBus,
  QueryHandler,
  Saga,
} from '@nestjs/cqrs';
import { filter, map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ReportErrors, TrackEvent } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, countlyCarrier, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

const SECRET = 'a secret of more than thirty-two characters';

class PlaceOrder extends Command<string> {
  constructor(
    readonly fails = false,
    readonly countly?: string,
  ) {
    super();
  }
}

class CountOrders extends CqrsQuery<number> {}

class OrderPlaced {
  constructor(
    readonly fails: boolean,
    readonly full = false,
  ) {}
}

class SendMail extends Command<void> {}

class Archive extends Command<void> {}

@CommandHandler(PlaceOrder)
class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(private readonly events: EventBus) {}

  @TrackEvent('placed')
  async execute(command: PlaceOrder): Promise<string> {
    contextScope()?.addBreadcrumb('placing');
    await Promise.resolve();
    this.events.publish(new OrderPlaced(command.fails));
    return contextScope()?.deviceId ?? 'nobody';
  }
}

@QueryHandler(CountOrders)
class CountOrdersHandler implements IQueryHandler<CountOrders> {
  async execute(): Promise<number> {
    contextScope()?.addEvent('counted');
    return 1;
  }
}

@EventsHandler(OrderPlaced)
class OrderPlacedHandler implements IEventHandler<OrderPlaced> {
  async handle(event: OrderPlaced): Promise<void> {
    await Promise.resolve();
    contextScope()?.addEvent('noticed');
    if (event.fails) throw new Error('stock is out of step');
  }
}

@CommandHandler(SendMail)
class SendMailHandler implements ICommandHandler<SendMail> {
  @ReportErrors()
  async execute(): Promise<void> {
    contextScope()?.addEvent('mailed');
  }
}

@CommandHandler(Archive)
class ArchiveHandler implements ICommandHandler<Archive> {
  async execute(): Promise<void> {
    await Promise.resolve();
    throw new Error('the archive is full');
  }
}

@Injectable()
class Sagas {
  @Saga()
  mail = (events: Observable<IEvent>): Observable<ICommand> =>
    events.pipe(
      ofType(OrderPlaced),
      map(() => new SendMail()),
    );

  @Saga()
  archive = (events: Observable<IEvent>): Observable<ICommand> =>
    events.pipe(
      ofType(OrderPlaced),
      filter(({ full }) => full),
      map(() => new Archive()),
    );
}

@Controller()
class Shop {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly events: EventBus,
  ) {}

  @Get('last-order')
  lastOrder(): void {
    this.events.publish(new OrderPlaced(false, true));
  }

  @Get('order')
  async order(@Query('fails') fails: string): Promise<unknown> {
    const who = await this.commands.execute(new PlaceOrder(fails === 'yes'));
    return { who, count: await this.queries.execute(new CountOrders()) };
  }
}

describe('CQRS', () => {
  closeAppsAfterEach();

  async function boot() {
    const collector = new Collector();
    return start(
      'express',
      {
        imports: [
          CqrsModule.forRoot(),
          CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), carrier: { secret: SECRET } })),
        ],
        controllers: [Shop],
        providers: [PlaceOrderHandler, CountOrdersHandler, OrderPlacedHandler, SendMailHandler, ArchiveHandler, Sagas],
      },
      collector,
    );
  }

  it('belongs to the request that started it, to the end of its events and sagas', async () => {
    const { url, events } = await boot();
    const ids = Array.from({ length: 20 }, (_, i) => `visitor-${i}`);
    const answers = await Promise.all(
      ids.map(async (id) => (await fetch(`${url}/order`, { headers: { 'x-id': id } })).json()),
    );
    expect(answers).toEqual(ids.map((who) => ({ who, count: 1 })));
    const each = ['mailed', 'noticed', 'placed', 'counted'].sort();
    const seen = Object.entries(await events()).map(([id, keys]) => [id, [...keys].sort()]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(ids.map((id) => [id, each])));
  });

  it('has a scope of its own where nobody started it', async () => {
    const { app, events, countly } = await boot();
    const bus = app.get(CommandBus);
    expect(await bus.execute(new PlaceOrder())).toBe('the-process');
    const countlyOfAda = countly.run({ deviceId: 'ada' }, () => countlyCarrier());
    expect(await bus.execute(new PlaceOrder(false, countlyOfAda))).toBe('ada');
    expect(await events()).toMatchObject({
      'the-process': expect.arrayContaining(['placed', 'noticed', 'mailed']) as string[],
      ada: expect.arrayContaining(['placed', 'noticed', 'mailed']) as string[],
    });
  });

  it('reports what an event handler throws, which nobody else would see', async () => {
    const { url, countly, collector } = await boot();
    const response = await fetch(`${url}/order?fails=yes`, { headers: { 'x-id': 'ada' } });
    expect(response.status).toBe(200);
    await countly.flush();
    expect(collector.of('crash').map(({ deviceId, body }) => [deviceId, body['_logs'], body['_custom']])).toEqual([
      ['ada', 'placing', { type: 'domain-event' }],
    ]);
  });

  it('reports what a command throws that a saga has sent, which nobody else would see either', async () => {
    const { url, countly, collector } = await boot();
    expect((await fetch(`${url}/last-order`, { headers: { 'x-id': 'ada' } })).status).toBe(200);
    await expect
      .poll(async () => {
        await countly.flush();
        return collector.of('crash').map(({ deviceId, name, body }) => [deviceId, name, body['_custom']]);
      })
      .toEqual([['ada', 'Error: the archive is full', { type: 'command' }]]);
  });
});
