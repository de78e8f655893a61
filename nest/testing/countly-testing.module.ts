import { type DynamicModule, Module } from '@nestjs/common';
import { Countly, CountlyConfigError, silentLogger } from '../../lib/index.js';
import { type RecordedEvent, RecordingTransport } from '../../lib/testing/index.js';
import { CountlyModule, type CountlyModuleExtras, type CountlyModuleOptions, getCountlyToken } from '../index.js';

/** What an application under test has recorded; the matchers of `countly-weave/testing` take it. */
export class CountlyTesting {
  constructor(
    /** What everything of the application records through. */
    readonly client: Countly,
    /** What it would have sent. */
    readonly transport: RecordingTransport,
  ) {}

  /** Everything recorded so far, as the server would get it: events in order. */
  async events(): Promise<readonly RecordedEvent[]> {
    await this.client.flush();
    return this.transport.events;
  }

  /** Forgets what was recorded until now. */
  async clear(): Promise<void> {
    await this.client.flush();
    this.transport.clear();
  }
}

/**
 * `CountlyModule` for tests: with scopes, identity and errors as in production, but nothing is sent, nothing is kept on disk
 * and nothing is written to the console. Nothing of it outlives `app.close()`.
 *
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { fromHeader } from 'countly-weave/nest';
 * import { CountlyTesting, CountlyTestingModule } from 'countly-weave/nest/testing';
 *
 * async function example(): Promise<void> {
 *   const module = await Test.createTestingModule({
 *     imports: [CountlyTestingModule.forRoot({ deviceId: fromHeader('x-device-id') })],
 *   }).compile();
 *   const countly = module.get(CountlyTesting);
 *   countly.client.addEvent('checkout');
 *   console.log(await countly.events());
 *   await module.close();
 * }
 * ```
 */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest takes classes for modules
export class CountlyTestingModule {
  /**
   * @param options - as for `CountlyModule.forRoot`; nothing is required
   * @throws CountlyConfigError for a `transport`: the module's own is what makes it a test
   */
  static forRoot(options: CountlyModuleOptions & Partial<CountlyModuleExtras> = {}): DynamicModule {
    if (options.transport !== undefined) {
      const expected = 'none: CountlyTestingModule has its own; take CountlyModule.forRoot for another';
      throw new CountlyConfigError([{ option: 'transport', expected, actual: 'an object' }]);
    }
    const transport = new RecordingTransport();
    return {
      module: CountlyTestingModule,
      global: true,
      imports: [
        CountlyModule.forRoot({
          ...{
            appKey: 'TEST',
            processDeviceId: 'test-device',
            durability: 'memory',
            flushInterval: 0,
            healthCheck: false,
          },
          ...{ logger: silentLogger, bootReport: false, shutdownWarning: false },
          ...options,
          transport,
        }),
      ],
      providers: [
        {
          provide: CountlyTesting,
          useFactory: (client: Countly) => new CountlyTesting(client, transport),
          inject: [getCountlyToken(options.name)],
        },
      ],
      exports: [CountlyTesting],
    };
  }
}
