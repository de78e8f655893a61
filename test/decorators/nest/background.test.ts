import { applyDecorators, Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CommandHandler, CqrsModule, EventBus, EventsHandler, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { describe, expect, test } from 'vitest';
import { expectRecorded, metadataOf, oursAt, PLACES, type Place, withRecordingClient } from './twins.js';

class Pay {
  constructor(readonly cents: number) {}
}
class Total {}
class Paid {
  constructor(readonly cents: number) {}
}

interface Log {
  readonly lines: string[];
}

function jobs(place: Place, { lines }: Log): Type {
  const ours = oursAt(place);
  @Injectable()
  class Jobs {
    readonly name = 'jobs';
    @ours('above')
    @Cron('0 30 3 * * *', { name: 'nightly', timeZone: 'Europe/Berlin' })
    @ours('between')
    @ours('below')
    async nightly(): Promise<void> {
      lines.push(`${this.name} nightly`);
    }
    @ours('above')
    @Interval('often', 3_600_000)
    @ours('below')
    often(): void {
      lines.push(`${this.name} often`);
    }
    @applyDecorators(ours('above'), Timeout('once', 3_600_000), ours('below'))
    once(): void {
      lines.push(`${this.name} once`);
    }
  }
  return Jobs;
}

function listeners(place: Place, { lines }: Log): Type {
  const ours = oursAt(place);
  @Injectable()
  class Listeners {
    readonly name = 'mail';
    @ours('above')
    @OnEvent('order.paid')
    @ours('between')
    @OnEvent('order.sent', { async: false })
    @ours('below')
    onOrder(order: { id: number }, ...rest: unknown[]): string {
      lines.push(`${this.name} ${order.id} ${rest.length}`);
      return 'done';
    }
    @ours('above')
    @OnEvent('order.*')
    @ours('below')
    async onAny(order: { id: number }): Promise<void> {
      lines.push(`${this.name} any ${order.id}`);
      if (order.id < 0) throw new RangeError('no such order');
    }
  }
  return Listeners;
}

function handlers(place: Place, { lines }: Log): Type[] {
  const ours = oursAt(place);
  @CommandHandler(Pay)
  class PayHandler {
    @ours('above')
    @ours('below')
    async execute(command: Pay): Promise<string> {
      if (command.cents < 0) throw new RangeError('negative');
      lines.push(`paid ${command.cents}`);
      return `paid ${command.cents}`;
    }
  }
  @QueryHandler(Total)
  class TotalHandler {
    @ours('above')
    @ours('below')
    async execute(): Promise<number> {
      return lines.length;
    }
  }
  @EventsHandler(Paid)
  class PaidHandler {
    @ours('above')
    @ours('below')
    handle(event: Paid): void {
      lines.push(`noted ${event.cents}`);
    }
  }
  return [PayHandler, TotalHandler, PaidHandler];
}

async function start(imports: Type[] | object[], providers: Type[]) {
  @Module({ imports: imports as Type[], providers })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.init();
  return app;
}

describe('methods that no request calls', () => {
  const client = withRecordingClient();

  async function scheduled(place: Place) {
    const log: Log = { lines: [] };
    const type = jobs(place, log);
    const app = await start([ScheduleModule.forRoot()], [type]);
    const registry = app.get(SchedulerRegistry);
    const cron = registry.getCronJob('nightly');
    const found = {
      cron: [...registry.getCronJobs().keys()],
      source: String(cron.cronTime.source),
      zone: String(cron.cronTime.timeZone),
      intervals: registry.getIntervals(),
      timeouts: registry.getTimeouts(),
    };
    await cron.fireOnTick();
    const instance = app.get<{ often(): void; once(): void }>(type);
    instance.often();
    instance.once();
    await app.close();
    return { found, lines: log.lines, metadata: metadataOf(type) };
  }

  test.each(PLACES)(
    '@nestjs/schedule: registry, runs and metadata are the same with our decorators %s',
    async (place) => {
      const expected = await scheduled('nowhere');
      expect(expected.found).toMatchObject({ cron: ['nightly'], intervals: ['often'], timeouts: ['once'] });
      expect(expected.lines).toEqual(['jobs nightly', 'jobs often', 'jobs once']);
      expect(await scheduled(place)).toEqual(expected);
      // `often` and `once` have no place between, `nightly` has all three.
      expectRecorded(client.current, { above: 3, between: 1, below: 3, everywhere: 7 }[place]);
    },
  );

  async function listening(place: Place) {
    const log: Log = { lines: [] };
    const type = listeners(place, log);
    const app = await start([EventEmitterModule.forRoot({ wildcard: true })], [type]);
    const emitter = app.get(EventEmitter2);
    const counts = ['order.paid', 'order.sent', 'order.lost'].map((event) => emitter.listeners(event).length);
    emitter.emit('order.paid', { id: 7 }, 'more');
    await emitter.emitAsync('order.sent', { id: 8 });
    await emitter.emitAsync('order.lost', { id: -1 });
    await app.close();
    return { counts, lines: log.lines.sort(), metadata: metadataOf(type) };
  }

  test.each(PLACES)('@OnEvent: listeners, calls and metadata are the same with our decorators %s', async (place) => {
    const expected = await listening('nowhere');
    // Two @OnEvent on one method are two listeners (getsentry/sentry-javascript#15218 lost one).
    expect(expected.counts).toEqual([2, 2, 1]);
    expect(expected.lines).toEqual(['mail 7 1', 'mail 8 0', 'mail any -1', 'mail any 7', 'mail any 8']);
    expect(await listening(place)).toEqual(expected);
    const failed = place === 'between' ? 0 : 1;
    expectRecorded(client.current, { above: 5, between: 2, below: 5, everywhere: 12 }[place], failed);
  });

  async function handling(place: Place) {
    const log: Log = { lines: [] };
    const types = handlers(place, log);
    const app = await start([CqrsModule.forRoot()], types);
    const commands = app.get(CommandBus);
    const paid: unknown = await commands.execute(new Pay(5));
    const refused = await commands.execute(new Pay(-1)).catch((error: unknown) => error);
    app.get(EventBus).publish(new Paid(5));
    const total: unknown = await app.get(QueryBus).execute(new Total());
    await app.close();
    return { paid, refused, total, lines: log.lines, metadata: types.map((type) => metadataOf(type)) };
  }

  test.each(PLACES)('@nestjs/cqrs: results, errors and metadata are the same with our decorators %s', async (place) => {
    const expected = await handling('nowhere');
    expect(expected).toMatchObject({ paid: 'paid 5', total: 2, lines: ['paid 5', 'noted 5'] });
    expect(expected.refused).toBeInstanceOf(RangeError);
    expect(await handling(place)).toEqual(expected);
    if (place !== 'between') expectRecorded(client.current, place === 'everywhere' ? 8 : 4, 1);
  });
});
