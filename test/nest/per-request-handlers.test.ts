import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { describe, expect, it, vi } from 'vitest';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

class Pack extends Command<string> {}

abstract class Listener {
  heard(): void {
    contextScope()?.addEvent('heard');
  }
}

/** One instance for each event; the method that listens is inherited. */
@Injectable({ scope: Scope.REQUEST })
class PerEvent extends Listener {
  @OnEvent('order')
  async onOrder(order: { readonly fails: boolean }): Promise<void> {
    await Promise.resolve();
    this.heard();
    if (order.fails) throw new Error('listener broke');
  }
}

@Injectable({ scope: Scope.REQUEST })
class AlsoPerEvent extends PerEvent {}

@CommandHandler(Pack, { scope: Scope.REQUEST })
class PackHandler implements ICommandHandler<Pack> {
  async execute(): Promise<string> {
    contextScope()?.addEvent('packed');
    return contextScope()?.deviceId ?? 'nobody';
  }
}

@Controller()
class Orders {
  constructor(
    private readonly emitter: EventEmitter2,
    private readonly commands: CommandBus,
  ) {}

  @Get('order')
  order(): string {
    this.emitter.emit('order', { fails: false });
    return 'ordered';
  }

  @Get('fail')
  fail(): string {
    this.emitter.emit('order', { fails: true });
    return 'ordered';
  }

  @Get('pack')
  pack(): Promise<string> {
    return this.commands.execute(new Pack());
  }
}

async function boot(listener: new () => PerEvent = PerEvent) {
  const collector = new Collector();
  const running = await start(
    'express',
    {
      imports: [
        EventEmitterModule.forRoot(),
        CqrsModule,
        CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id') })),
      ],
      controllers: [Orders],
      providers: [listener, PackHandler],
    },
    collector,
  );
  const ask = async (path: string, id: string) =>
    (await fetch(`${running.url}/${path}`, { headers: { 'x-id': id } })).text();
  return { ...running, ask };
}

describe('handlers that Nest makes an instance of for each call', () => {
  closeAppsAfterEach();

  it.each([PerEvent, AlsoPerEvent])('do not record under whoever emitted the event (%o)', async (listener) => {
    const { ask, events } = await boot(listener);
    await ask('order', 'ada');
    await vi.waitFor(async () => expect(await events()).toEqual({ 'the-process': ['heard'] }));
  });

  it('have their failures reported', async () => {
    const { ask, countly, collector } = await boot();
    await ask('fail', 'ada');
    await vi.waitFor(async () => {
      await countly.flush();
      expect(collector.of('crash').map(({ deviceId, name }) => [deviceId, name])).toEqual([
        ['the-process', 'Error: listener broke'],
      ]);
    });
  });

  it('of commands belong to whoever sent them', async () => {
    const { ask, events } = await boot();
    expect(await ask('pack', 'ada')).toBe('ada');
    expect(await events()).toEqual({ ada: ['packed'] });
  });

  it('are called directly while two applications share the class, and belong to the one that is left', async () => {
    const first = await boot();
    const second = await boot();
    await second.ask('order', 'ada');
    await vi.waitFor(async () => expect(await second.events()).toEqual({ ada: ['heard'] }));
    await first.app.close();
    await second.ask('order', 'bob');
    await vi.waitFor(async () => expect(await second.events()).toEqual({ ada: ['heard'], 'the-process': ['heard'] }));
  });
});
