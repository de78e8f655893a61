import assert from 'node:assert/strict';
import { Breadcrumb } from '../../../lib/decorators/breadcrumb.js';
import { TimedEvent, TrackEvent } from '../../../lib/decorators/track-event.js';
import { WithDevice } from '../../../lib/decorators/with-device.js';
import { contextScope } from '../../../lib/scope/current.js';
import { type Cases, tick, withClient } from './harness.js';

class Jobs {
  @TrackEvent('job')
  @WithDevice((call) => call.args[0].visitor)
  @Breadcrumb('started')
  async handle(job: { visitor: string }): Promise<string | undefined> {
    await tick(job.visitor.length);
    return contextScope()?.deviceId;
  }

  @WithDevice(() => {
    throw new Error('no id');
  })
  unlucky(): string | undefined {
    return contextScope()?.deviceId;
  }

  @WithDevice((call) => call.args[0])
  @TimedEvent('rows')
  async *rows(_visitor: string): AsyncGenerator<string | undefined> {
    yield contextScope()?.deviceId;
    await tick();
    yield contextScope()?.deviceId;
  }
}

export const cases: Cases = {
  'WithDevice scopes the method and its other decorators, wherever they stand': () =>
    withClient(async (client) => {
      const jobs = new Jobs();
      const seen = await Promise.all([jobs.handle({ visitor: 'aaaa' }), jobs.handle({ visitor: 'b' })]);
      assert.deepEqual(seen, ['aaaa', 'b']);
      assert.deepEqual(
        client.records.map(({ kind, deviceId }) => [kind, deviceId]),
        [
          ['breadcrumb', 'aaaa'],
          ['breadcrumb', 'b'],
          ['event', 'b'],
          ['event', 'aaaa'],
        ],
      );
      assert.equal(contextScope(), undefined);
      client.run('outer', () => assert.equal(jobs.unlucky(), 'outer'));
      assert.equal(client.warnings.length, 1);
    }),

  'WithDevice holds for every part of a generator': () =>
    withClient(async (client) => {
      const seen: unknown[] = [];
      for await (const id of new Jobs().rows('visitor-9')) seen.push(id);
      assert.deepEqual(seen, ['visitor-9', 'visitor-9']);
      assert.deepEqual(
        client.of('event').map(({ deviceId }) => deviceId),
        ['visitor-9'],
      );
    }),
};
