import { BullModule, InjectQueue, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Controller, Get, Injectable, Query, Scope } from '@nestjs/common';
import { type Job, type Queue, QueueEvents } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Countly, TrackEvent, WithDevice } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, type CountlyModuleOptions, countlyCarrier, fromHeader } from '../../nest/index.js';
import { noRedis, Redis } from '../support/redis.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

const SECRET = 'a secret of more than thirty-two characters';

interface Mail {
  readonly to: string;
  readonly fails?: boolean;
  readonly countly?: string;
}

@Processor('mails', { concurrency: 10 })
class Mails extends WorkerHost {
  async process(job: Job<Mail>): Promise<string> {
    contextScope()?.addBreadcrumb(`to ${job.data.to}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (job.data.fails === true) throw new Error('mail refused');
    contextScope()?.addEvent('sent');
    return contextScope()?.deviceId ?? 'nobody';
  }

  @OnWorkerEvent('completed')
  completed(_job: Job<Mail>): void {
    contextScope()?.addEvent('completed');
  }
}

@Processor('bills')
class Bills extends WorkerHost {
  @WithDevice((call) => call.args[0].data.customer)
  @TrackEvent('billed')
  async process(_job: Job<{ customer: string }>): Promise<void> {}
}

@Processor({ name: 'letters', scope: Scope.REQUEST })
class Letters extends WorkerHost {
  async process(job: Job<Mail>): Promise<string> {
    contextScope()?.addBreadcrumb(`to ${job.data.to}`);
    await Promise.resolve();
    if (job.data.fails === true) throw new Error('letter lost');
    return contextScope()?.deviceId ?? 'nobody';
  }
}

@Injectable()
@Controller()
class Shop {
  constructor(@InjectQueue('mails') private readonly mails: Queue<Mail>) {}

  @Get('order')
  async order(@Query('carry') carry: string, @Query('fails') fails: string): Promise<{ job: string | undefined }> {
    contextScope()?.addEvent('ordered');
    const to = contextScope()?.deviceId ?? '';
    const countly = carry === 'yes' ? countlyCarrier() : undefined;
    const job = await this.mails.add('mail', {
      to,
      fails: fails === 'yes',
      ...(countly === undefined ? {} : { countly }),
    });
    return { job: job.id };
  }
}

describe.skipIf(noRedis)('BullMQ processors', () => {
  closeAppsAfterEach();
  const redis = new Redis();
  beforeAll(() => redis.start());
  afterAll(() => redis.stop());

  async function boot(options: CountlyModuleOptions = {}) {
    const connection = { host: redis.host, port: redis.port };
    const collector = new Collector();
    const running = await start(
      'express',
      {
        imports: [
          // Before us: the order of imports must not matter.
          BullModule.forRoot({ connection }),
          BullModule.registerQueue({ name: 'mails' }, { name: 'bills' }, { name: 'letters' }),
          CountlyModule.forRoot(
            quiet(collector, { deviceId: fromHeader('x-id'), carrier: { secret: SECRET }, ...options }),
          ),
        ],
        controllers: [Shop],
        providers: [Mails, Bills, Letters],
      },
      collector,
    );
    const events = new QueueEvents('mails', { connection });
    await events.waitUntilReady();
    const queue = running.app.get<Queue>('BullQueue_mails');
    const order = async (id: string, query: string) => {
      const response = await fetch(`${running.url}/order?${query}`, { headers: { 'x-id': id } });
      const { job } = (await response.json()) as { job: string };
      return queue.getJob(job).then((found) => found?.waitUntilFinished(events) as Promise<string>);
    };
    return {
      ...running,
      order,
      bills: running.app.get<Queue>('BullQueue_bills'),
      done: () => events.close(),
      connection,
    };
  }

  it('record under whoever queued the job, when the job carries it', async () => {
    const { order, collector, events, done } = await boot();
    const ids = Array.from({ length: 30 }, (_, i) => `visitor-${i}`);
    expect(await Promise.all(ids.map((id) => order(id, 'carry=yes')))).toEqual(ids);
    await expect.poll(async () => Object.values(await events()).flat()).toHaveLength(90);
    expect(collector.events()).toEqual(Object.fromEntries(ids.map((id) => [id, ['ordered', 'sent', 'completed']])));
    await done();
  });

  it('record under the process when it does not', async () => {
    const { order, events, done } = await boot();
    expect(await order('ada', 'carry=no')).toBe('the-process');
    await expect.poll(events).toEqual({ ada: ['ordered'], 'the-process': ['sent', 'completed'] });
    await done();
  });

  it('report what fails, with the breadcrumbs of that job alone', async () => {
    const { order, countly, collector, done } = await boot();
    await expect(order('ada', 'carry=yes&fails=yes')).rejects.toThrow('mail refused');
    await expect(order('bob', 'carry=yes&fails=yes')).rejects.toThrow('mail refused');
    await countly.flush();
    expect(collector.of('crash').map(({ deviceId, body }) => [deviceId, body['_logs'], body['_custom']])).toEqual([
      ['ada', 'to ada', { type: 'queue' }],
      ['bob', 'to bob', { type: 'queue' }],
    ]);
    await done();
  });

  it('that Nest makes for each job have scopes of their own as well', async () => {
    const { app, countly, collector, done, connection } = await boot();
    const letters = app.get<Queue>('BullQueue_letters');
    const heard = new QueueEvents('letters', { connection });
    await heard.waitUntilReady();
    const carrier = countly.run({ deviceId: 'ada' }, () => countlyCarrier());
    const send = async (data: Mail) => (await letters.add('letter', data)).waitUntilFinished(heard) as Promise<string>;
    expect(await send({ to: 'ada', ...(carrier === undefined ? {} : { countly: carrier }) })).toBe('ada');
    expect(await send({ to: 'somebody' })).toBe('the-process');
    await expect(send({ to: 'bob', fails: true })).rejects.toThrow('letter lost');
    await countly.flush();
    expect(collector.of('crash').map(({ deviceId, body }) => [deviceId, body['_logs'], body['_custom']])).toEqual([
      ['the-process', 'to bob', { type: 'queue' }],
    ]);
    await Promise.all([heard.close(), done()]);
  });

  it('may say themselves whose work it is', async () => {
    const { app, bills, done, connection, events } = await boot();
    const bill = new QueueEvents('bills', { connection });
    await bill.waitUntilReady();
    await (await bills.add('bill', { customer: 'eve' })).waitUntilFinished(bill);
    expect(app.get(Countly)).toBeDefined();
    expect(await events()).toEqual({ eve: ['billed'] });
    await Promise.all([bill.close(), done()]);
  });
});
