import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Controller,
  Get,
  type INestApplicationContext,
  Injectable,
  Module,
  type OnModuleInit,
  Param,
  ParseIntPipe,
  Scope,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Countly, CountlyDecoratorError, silentLogger, Trace } from '../../lib/index.js';
import { CountlyModule, type CountlyModuleOptions, NoInstrument } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

class Base {
  title(): string {
    return 'base';
  }

  inherited(): string {
    return this.title();
  }
}

@Injectable()
class PriceService extends Base implements OnModuleInit {
  #rate = 2;
  onModuleInit(): void {}

  get rate(): number {
    return this.#rate;
  }

  override title(): string {
    return `price of ${super.title()}`;
  }

  async priceOf(net: number): Promise<number> {
    return this.#grossOf(net);
  }

  fail(): never {
    throw new Error('no price');
  }

  _hidden(): number {
    return 1;
  }

  @NoInstrument()
  quiet(): number {
    return 1;
  }

  @Trace('my_own_name')
  own(): number {
    return 1;
  }

  #grossOf(net: number): number {
    return net * this.#rate;
  }
}

@Injectable()
@NoInstrument()
class SecretService {
  tell(): string {
    return 'nothing';
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestService {
  serve(): string {
    return 'served';
  }
}

@Controller('orders')
class OrdersController {
  constructor(
    private readonly prices: PriceService,
    private readonly perRequest: RequestService,
    private readonly secrets: SecretService,
  ) {}

  @Get(':net')
  @SetMetadata('role', 'buyer')
  async order(@Param('net', ParseIntPipe) net: number): Promise<object> {
    return { gross: await this.prices.priceOf(net), says: this.perRequest.serve(), told: this.secrets.tell() };
  }
}

@Module({ controllers: [OrdersController], providers: [PriceService, RequestService, SecretService] })
class OrdersModule {}

const opened: INestApplicationContext[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});
closeAppsAfterEach();

/** An application without a server, and the names of its traces. */
async function boot(options: CountlyModuleOptions) {
  const collector = new Collector();
  const imports = [CountlyModule.forRoot(quiet(collector, options)), OrdersModule];
  const app = (await Test.createTestingModule({ imports }).compile()).createNestApplication({ logger: false });
  await app.init();
  opened.push(app);
  const named = async (kind: 'apm' | 'crash' | 'event') => {
    await app.get(Countly).flush();
    return collector.of(kind).map(({ name }) => name);
  };
  return { app, prices: app.get(PriceService), named };
}

const SERVICES: CountlyModuleOptions = { instrument: [{ include: ['*Service'] }] };

describe('by rule', () => {
  it('the public methods of the classes it means are traced, and their failures reported', async () => {
    const { prices, named } = await boot(SERVICES);
    expect(await prices.priceOf(4)).toBe(8);
    expect(() => prices.fail()).toThrow('no price');
    expect(await named('apm')).toEqual(['PriceService_priceOf', 'PriceService_fail']);
    expect(await named('crash')).toEqual(['Error: no price']);
    expect(await named('event')).toEqual([]);
  });

  it('accessors, fields, private and hidden methods, and what Nest calls, stay as they are', async () => {
    const { prices, named } = await boot(SERVICES);
    const before = Object.getOwnPropertyDescriptors(PriceService.prototype);
    expect([prices.rate, prices._hidden(), prices.quiet()]).toEqual([2, 1, 1]);
    expect(before.onModuleInit.value?.name).toBe('onModuleInit');
    expect(await named('apm')).toEqual([]);
  });

  it('`super` and what a class inherits are called as before', async () => {
    const { prices, named } = await boot(SERVICES);
    expect(prices.inherited()).toBe('price of base');
    expect(await named('apm')).toEqual(['PriceService_title']);
    expect(Object.hasOwn(PriceService.prototype, 'inherited')).toBe(false);
  });

  it('inherited methods are taken when that is asked for', async () => {
    const { prices, named } = await boot({ instrument: [{ include: [PriceService], inherited: true, errors: false }] });
    expect(prices.inherited()).toBe('price of base');
    expect((await named('apm')).sort()).toEqual(['PriceService_inherited', 'PriceService_title']);
    expect(new Base().inherited()).toBe('base');
  });

  it('a method keeps what its own decorators say', async () => {
    const { prices, named } = await boot(SERVICES);
    prices.own();
    expect(await named('apm')).toEqual(['my_own_name']);
  });

  it('a module means all it declares; names, classes and methods can be left out', async () => {
    const log = vi.fn();
    const rule = { include: [OrdersModule], exclude: ['Request*'], methods: ['price*', 'order'], errors: false };
    await boot({ instrument: [rule], logger: { ...silentLogger, log } });
    expect(log).toHaveBeenCalledWith('instrument[0] took OrdersController (order), PriceService (priceOf)');
  });

  it('events are recorded where they are asked for', async () => {
    const { prices, named } = await boot({
      instrument: [{ include: ['PriceService'], trace: false, events: { on: 'settle' } }],
    });
    await prices.priceOf(1);
    expect(await named('event')).toEqual(['PriceService_priceOf']);
    expect(await named('apm')).toEqual([]);
  });

  it('a named client records what its rule takes', async () => {
    const collector = new Collector();
    const named = CountlyModule.forRoot({ ...quiet(collector, SERVICES), name: 'rules' });
    const app = (await Test.createTestingModule({ imports: [named, OrdersModule] }).compile()).createNestApplication({
      logger: false,
    });
    await app.init();
    await app.get(PriceService).priceOf(1);
    await app.close();
    expect(collector.of('apm').map(({ name }) => name)).toEqual(['PriceService_priceOf']);
  });

  it('a rule that takes nothing says so', async () => {
    const warn = vi.fn();
    const instrument = [{ include: ['*Servise'] }, { include: [SecretService, PriceService], methods: ['tel'] }];
    await boot({ instrument, logger: { ...silentLogger, warn } });
    const said = warn.mock.calls.map(([line]) => String(line));
    expect(said).toContainEqual(expect.stringMatching(/instrument\[0] takes no controller or provider.*"\*Servise"/));
    expect(said).toContainEqual(expect.stringMatching(/instrument\[1] takes no method.*SecretService, PriceService/));
  });
});

describe('what a rule has woven', () => {
  const { priceOf, title } = PriceService.prototype;
  const isOriginal = () => PriceService.prototype.priceOf === priceOf && PriceService.prototype.title === title;

  it('is as it was when the application has closed', async () => {
    const { app } = await boot(SERVICES);
    expect(isOriginal()).toBe(false);
    await app.close();
    expect(isOriginal()).toBe(true);
    expect(Object.hasOwn(PriceService.prototype, 'inherited')).toBe(false);
  });

  it('stays while another application wants it, and is counted once', async () => {
    const first = await boot(SERVICES);
    const second = await boot(SERVICES);
    await second.prices.priceOf(1);
    expect(await second.named('apm')).toEqual(['PriceService_priceOf']);
    expect(await first.named('apm')).toEqual([]);
    await first.app.close();
    await second.prices.priceOf(1);
    expect(await second.named('apm')).toHaveLength(2);
    await second.app.close();
    expect(isOriginal()).toBe(true);
  });

  it('is not there where nothing can be recorded', async () => {
    await boot({ ...SERVICES, disabled: true });
    expect(isOriginal()).toBe(true);
  });
});

describe.each(PLATFORMS)('an application woven by rule on %s', (platform) => {
  it('serves, injects, pipes and tells its metadata as before', async () => {
    const collector = new Collector();
    const options = quiet(collector, { instrument: [{ include: ['*'] }], processDeviceId: 'p' });
    const imports = [CountlyModule.forRoot(options), OrdersModule];
    const { url, countly } = await start(platform, { imports }, collector);
    const answer = await fetch(`${url}/orders/21`);
    expect(await answer.json()).toEqual({ gross: 42, says: 'served', told: 'nothing' });
    expect((await fetch(`${url}/orders/many`)).status).toBe(400);
    expect(new Reflector().get('role', OrdersController.prototype.order)).toBe('buyer');
    await countly.flush();
    const names = collector.of('apm').map((trace) => trace.name);
    expect(names.sort()).toEqual(['OrdersController_order', 'PriceService_priceOf', 'RequestService_serve']);
  });
});

describe('the option instrument', () => {
  it.each([
    [{ include: ['*Service'] }, 'instrument: expected a list of rules such as'],
    [[{}], 'instrument[0].include: expected a list of names of classes'],
    [[{ include: [] }], 'instrument[0].include: expected a list of names of classes'],
    [[{ include: ['A'] }, { include: [5] }], 'instrument[1].include'],
    [[{ include: ['A'], method: 'all' }], 'did you mean "methods"?'],
    [
      [{ include: ['A'], methods: 'private' }],
      'instrument[0].methods: expected "public" or "all" or a list of method names',
    ],
  ])('refuses %j', async (instrument, message) => {
    const options = { ...quiet(new Collector()), instrument } as unknown as CountlyModuleOptions;
    await expect(Test.createTestingModule({ imports: [CountlyModule.forRoot(options)] }).compile()).rejects.toThrow(
      message,
    );
  });

  it('is for classes and methods: elsewhere @NoInstrument is refused', () => {
    const onField = () => NoInstrument()(PriceService.prototype, 'field', undefined as never);
    expect(onField).toThrow(CountlyDecoratorError);
    expect(onField).toThrow('@NoInstrument stands on field, which is neither a class nor a method');
    expect(() => NoInstrument()(new AsyncLocalStorage() as never)).toThrow(CountlyDecoratorError);
  });
});
