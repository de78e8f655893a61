import { Controller, Get, Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Interval, ScheduleModule, Timeout } from '@nestjs/schedule';
import { describe, expect, it, vi } from 'vitest';
import { WithDevice } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, type CountlyModuleOptions, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

@Injectable()
class Jobs {
  runs = 0;

  @Timeout(1)
  once(): void {
    contextScope()?.addEvent('timeout');
  }

  @Interval(5)
  async often(): Promise<void> {
    this.runs++;
    if (this.runs > 2) return;
    contextScope()?.addBreadcrumb(`run ${this.runs}`);
    await Promise.resolve();
    throw new Error(`job ${this.runs} failed`);
  }
}

@Injectable()
class Mails {
  readonly sent: string[] = [];

  @OnEvent('order')
  onOrder(order: { id: string }): void {
    this.sent.push(order.id);
    contextScope()?.addEvent('mail');
  }

  @OnEvent('order')
  @WithDevice((call) => `buyer-${call.args[0].id}`)
  onOrderOf(_order: { id: string }): void {
    contextScope()?.addEvent('thanks');
  }
}

@Controller()
class Orders {
  constructor(private readonly emitter: EventEmitter2) {}

  @Get()
  order(): string {
    contextScope()?.addEvent('order');
    this.emitter.emit('order', { id: '7' });
    contextScope()?.addEvent('after');
    return 'ordered';
  }
}

async function boot(options: CountlyModuleOptions = {}) {
  const collector = new Collector();
  return start(
    'express',
    {
      // The scheduler before us: the order of imports must not matter.
      imports: [
        ScheduleModule.forRoot(),
        EventEmitterModule.forRoot(),
        CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id'), ...options })),
      ],
      controllers: [Orders],
      providers: [Jobs, Mails],
    },
    collector,
  );
}

describe('background work', () => {
  closeAppsAfterEach();

  it('runs scheduled methods in scopes of their own, and reports their failures', async () => {
    const { app, countly, collector } = await boot();
    await vi.waitFor(() => expect(app.get(Jobs).runs).toBeGreaterThan(3));
    await countly.flush();
    expect(collector.events()).toEqual({ 'the-process': ['timeout'] });
    const crashes = collector.of('crash').map(({ body }) => [body['_name'], body['_logs'], body['_custom']]);
    expect(crashes).toEqual([
      [expect.stringContaining('job 1 failed'), 'run 1', { type: 'schedule' }],
      [expect.stringContaining('job 2 failed'), 'run 2', { type: 'schedule' }],
    ]);
  });

  it('does not record event handlers under whoever emitted the event', async () => {
    const { app, url, events } = await boot();
    await fetch(url, { headers: { 'x-id': 'ada' } });
    expect(app.get(Mails).sent).toEqual(['7']);
    expect(await events()).toMatchObject({
      ada: ['order', 'after'],
      'the-process': expect.arrayContaining(['mail']) as string[],
      'buyer-7': ['thanks'],
    });
  });

  it('does so when asked', async () => {
    const { url, events } = await boot({ inheritScope: true });
    await fetch(url, { headers: { 'x-id': 'ada' } });
    expect(await events()).toMatchObject({ ada: ['order', 'mail', 'after'], 'buyer-7': ['thanks'] });
  });
});
