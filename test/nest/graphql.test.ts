import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type CanActivate, type ExecutionContext, HttpException, Injectable, UseGuards } from '@nestjs/common';
import { Args, Field, GraphQLModule, Mutation, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { contextScope } from '../../lib/internal.js';
import { CountlyDeviceId, CountlyModule, fromHeader, fromUser } from '../../nest/index.js';
import { Collector } from './support/collector.js';
import { closeAppsAfterEach, quiet, start } from './support/platforms.js';

@ObjectType()
class Who {
  @Field(() => String)
  id = '';

  @Field(() => String)
  later?: string;
}

@Injectable()
class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } = context.getArgByIndex<{ req: { headers: Record<string, string>; user?: unknown } }>(2);
    if (req.headers['x-user'] !== undefined) req.user = { id: req.headers['x-user'] };
    return true;
  }
}

@Resolver(() => Who)
class WhoResolver {
  @Query(() => Who)
  @UseGuards(UserGuard)
  who(@CountlyDeviceId() deviceId: string): Who {
    contextScope()?.addEvent('who');
    return { id: deviceId };
  }

  @ResolveField(() => String)
  async later(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 2));
    contextScope()?.addEvent('later');
    return contextScope()?.deviceId ?? 'nobody';
  }

  @Mutation(() => String)
  rename(@Args('to') to: string): string {
    return to;
  }

  @Query(() => String)
  fail(@Args('how') how: string): string {
    if (how === 'status') throw new HttpException('not yours', 403);
    if (how === 'graphql') throw new GraphQLError('no such thing');
    throw new Error('resolver broke');
  }
}

describe('GraphQL', () => {
  closeAppsAfterEach();

  async function boot() {
    const collector = new Collector();
    const running = await start(
      'express',
      {
        imports: [
          CountlyModule.forRoot(
            quiet(collector, {
              deviceId: [fromUser<{ id: string }>((user) => user.id), fromHeader('x-id')],
              networkTraces: true,
            }),
          ),
          GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
        ],
        providers: [WhoResolver],
      },
      collector,
    );
    const ask = async (query: string, headers: Record<string, string>) => {
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as { data?: { who?: unknown }; errors?: { message: string }[] };
    };
    return { ...running, ask };
  }

  it('belongs to the request it came with, and to the user once guards know him', async () => {
    const { ask, events } = await boot();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask('{ who { id later } }', { 'x-id': `visitor-${i}` })),
    );
    expect(answers.map(({ data }) => data?.who)).toEqual(
      Array.from({ length: 20 }, (_, i) => ({ id: `visitor-${i}`, later: `visitor-${i}` })),
    );
    const known = await ask('{ who { id } }', { 'x-id': 'visitor-99', 'x-user': 'ada' });
    expect(known.data?.who).toEqual({ id: 'ada' });
    expect(await events()).toMatchObject({ 'visitor-0': ['who', 'later'], ada: ['who'] });
  });

  it('is traced by what was asked for', async () => {
    const { ask, countly, collector } = await boot();
    await ask('query Mine { who { id } }', { 'x-id': 'ada' });
    await ask('{ me: who { id later } }', { 'x-id': 'ada' });
    await ask('mutation { rename(to: "ada") }', { 'x-id': 'ada' });
    await ask('query Both { fail(how: "graphql") who { id } }', { 'x-id': 'ada' });
    await ask(`query ${'x'.repeat(100)} { who { id } }`, { 'x-id': 'ada' });
    await ask('{ nothing }', { 'x-id': 'ada' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await countly.flush();
    expect(collector.of('apm').map(({ name }) => name)).toEqual([
      'query Mine',
      'query who',
      'mutation rename',
      'query Both',
      'query who',
      'POST (no route)',
    ]);
  });

  it('answers errors as always, and reports what nobody expected', async () => {
    const { ask, countly, collector } = await boot();
    for (const how of ['status', 'graphql', 'other']) {
      const { errors } = await ask(`{ fail(how: "${how}") }`, { 'x-id': how });
      expect(errors?.[0]?.message).toBe(
        { status: 'not yours', graphql: 'no such thing', other: 'resolver broke' }[how],
      );
    }
    await countly.flush();
    expect(collector.of('crash')).toMatchObject([
      { deviceId: 'other', body: { _custom: { type: 'graphql', handler: 'WhoResolver.fail' } } },
    ]);
  });
});
