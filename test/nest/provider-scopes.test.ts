import { Controller, Get, Inject, Injectable, Scope } from '@nestjs/common';
import {
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  type HostComponentInfo,
  REQUEST,
} from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { TrackEvent } from '../../lib/index.js';
import { contextScope } from '../../lib/internal.js';
import { CountlyModule, fromHeader } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, PLATFORMS, quiet, start } from './support/platforms.js';

let made = 0;

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  readonly number = ++made;

  constructor(@Inject(REQUEST) readonly request: { headers: Record<string, string> }) {
    contextScope()?.addEvent('made');
  }

  @TrackEvent('per-request')
  async record(): Promise<string | undefined> {
    await new Promise((resolve) => setImmediate(resolve));
    return contextScope()?.deviceId;
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class PerTenant {
  readonly number = ++made;

  @TrackEvent('per-tenant')
  async record(): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.number;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  @TrackEvent('transient')
  record(): void {}
}

@Controller()
class Visits {
  constructor(
    private readonly perRequest: PerRequest,
    private readonly transient: Transient,
  ) {}

  @Get('request')
  async request(): Promise<unknown> {
    this.transient.record();
    return { who: await this.perRequest.record(), header: this.perRequest.request.headers['x-id'] };
  }
}

@Controller()
class Tenants {
  constructor(private readonly perTenant: PerTenant) {}

  @Get('tenant')
  async tenant(): Promise<unknown> {
    return { instance: await this.perTenant.record(), who: contextScope()?.deviceId };
  }
}

/** One instance of a durable provider a tenant, as Nest's documentation has it. */
class ByTenant implements ContextIdStrategy {
  readonly #trees = new Map<string, ContextId>();

  attach(contextId: ContextId, request: { headers: Record<string, string> }) {
    const tenant = request.headers['x-tenant'] ?? 'none';
    const tree = this.#trees.get(tenant) ?? ContextIdFactory.create();
    this.#trees.set(tenant, tree);
    return (info: HostComponentInfo) => (info.isTreeDurable ? tree : contextId);
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  closeAppsAfterEach();
  afterEach(() => {
    made = 0;
  });

  async function boot() {
    const collector = new Collector();
    const running = await start(
      platform,
      {
        imports: [CountlyModule.forRoot(quiet(collector, { deviceId: fromHeader('x-id') }))],
        controllers: [Visits, Tenants],
        providers: [PerRequest, PerTenant, Transient],
      },
      collector,
    );
    const ask = async (path: string, id: string, tenant = '') => {
      const headers = { 'x-id': id, 'x-tenant': tenant };
      return (await (await fetch(`${running.url}/${path}`, { headers })).json()) as Record<string, unknown>;
    };
    return { ...running, ask };
  }

  it('request-scoped and transient providers record under their own request', async () => {
    const { ask, events } = await boot();
    const ids = Array.from({ length: 30 }, (_, i) => `visitor-${i}`);
    const answers = await Promise.all(ids.map((id) => ask('request', id)));
    expect(answers).toEqual(ids.map((id) => ({ who: id, header: id })));
    expect(await events()).toEqual(Object.fromEntries(ids.map((id) => [id, ['made', 'transient', 'per-request']])));
    expect(made).toBe(30);
  });

  it('a durable provider that many requests share records under each of them', async () => {
    ContextIdFactory.apply(new ByTenant());
    const { ask, events } = await boot();
    const ids = Array.from({ length: 20 }, (_, i) => `visitor-${i}`);
    const answers = await Promise.all(ids.map((id, i) => ask('tenant', id, i % 2 === 0 ? 'even' : 'odd')));
    expect(answers.map(({ who }) => who)).toEqual(ids);
    expect(new Set(answers.map(({ instance }) => instance)).size).toBe(2);
    expect(await events()).toEqual(Object.fromEntries(ids.map((id) => [id, ['per-tenant']])));
  });
});
