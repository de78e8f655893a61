import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  Module,
  SetMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import {
  Args,
  Field,
  GraphQLModule,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { expectRecorded, metadataOf, oursAt, PLACES, type Place, withRecordingClient } from './twins.js';

@ObjectType()
class Order {
  @Field(() => Int)
  id = 0;
  @Field(() => String)
  label?: string;
}

@Injectable()
class OpenGuard implements CanActivate {
  readonly #reflector = new Reflector();
  canActivate(context: ExecutionContext): boolean {
    return this.#reflector.get<boolean | undefined>('open', context.getHandler()) === true;
  }
}

function resolver(place: Place): Type {
  const ours = oursAt(place);

  @Resolver(() => Order)
  class Orders {
    readonly prefix = '#';

    @ours('above')
    @UseGuards(OpenGuard)
    @SetMetadata('open', true)
    @ours('between')
    @Query(() => Order, { nullable: true, description: 'One order' })
    @ours('below')
    order(@Args('id', { type: () => Int }) id: number): { id: number } | null {
      return id === 0 ? null : { id };
    }

    @ours('above')
    @ResolveField(() => String)
    @ours('between')
    @ours('below')
    async label(@Parent() parent: Order): Promise<string> {
      return `${this.prefix}${parent.id}`;
    }

    @applyDecorators(
      ours('above'),
      Mutation(() => Boolean),
      ours('between'),
      SetMetadata('x', 1),
      ours('below'),
    )
    pay(@Args('id', { type: () => Int }) _id: number): boolean {
      throw new RangeError('not open any more');
    }

    @ours('above')
    @UseGuards(OpenGuard)
    @Query(() => String)
    @ours('below')
    closed(): string {
      return 'nobody sees this';
    }
  }
  return Orders;
}

async function start(place: Place): Promise<{ app: INestApplication; type: Type }> {
  const type = resolver(place);
  @Module({
    imports: [GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true })],
    providers: [type],
  })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, type };
}

const QUERIES = [
  '{ order(id: 7) { id label } }',
  '{ order(id: 0) { id } }',
  '{ order(id: "x") { id } }',
  'mutation { pay(id: 1) }',
  '{ closed }',
];
const HANDLED = 4;

async function ask(app: INestApplication, query: string): Promise<unknown> {
  const answer = await fetch(`${await app.getUrl()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const body = (await answer.json()) as { errors?: { extensions?: { stacktrace?: unknown } }[] };
  // Stack traces show the wrapper, and may.
  for (const error of body.errors ?? []) delete error.extensions?.stacktrace;
  return { status: answer.status, body };
}

async function answers(app: INestApplication): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const query of QUERIES) all.push(await ask(app, query));
  return all;
}

describe('@nestjs/graphql', () => {
  const client = withRecordingClient();

  test.each(PLACES)('schema, answers and metadata are the same with our decorators %s', async (place) => {
    const bare = await start('nowhere');
    const decorated = await start(place);
    try {
      const expected = await answers(bare.app);
      expect(JSON.stringify(expected)).toMatch(/"label":"#7".*not open any more.*Forbidden/);
      expect(await answers(decorated.app)).toEqual(expected);
      const schema = await ask(bare.app, getIntrospectionQuery());
      expect(JSON.stringify(schema)).toContain('One order');
      expect(await ask(decorated.app, getIntrospectionQuery())).toEqual(schema);
      expect(metadataOf(decorated.type)).toEqual(metadataOf(bare.type));
    } finally {
      await Promise.all([bare.app.close(), decorated.app.close()]);
    }
    expectRecorded(client.current, place === 'everywhere' ? HANDLED * 3 : HANDLED, 1);
  });
});
