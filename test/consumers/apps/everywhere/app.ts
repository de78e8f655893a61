// Every entry in one process, on whatever runs or bundles it: one copy of the library, whose decorators, module, test client
// and drop-in are about the same client. Loaded twice, the classes would not be the same.
import assert from 'node:assert/strict';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Exclude, Expose } from 'class-transformer';
import { Countly, TrackEvent } from 'countly-weave';
import { Countly as OfficialSdk } from 'countly-weave/compat';
import { CountlyModule, getCountlyToken } from 'countly-weave/nest';
import { createTestClient } from 'countly-weave/testing';

class Order {
  @Expose() item = 'book';
  @Exclude() email = 'ann@example.com';
}

class Shop {
  @TrackEvent('paid', { segmentation: (call) => call.result as never })
  pay(): Order {
    return new Order();
  }
}

@Module({ imports: [CountlyModule.forRoot({})] })
class AppModule {}

async function main(): Promise<void> {
  const test = createTestClient();
  assert.ok(test.client instanceof Countly);
  new Shop().pay();
  assert.deepEqual(
    (await test.events()).map(({ key }) => key),
    ['paid'],
  );
  await test.close();
  assert.equal(typeof OfficialSdk.init, 'function');

  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const countly = app.get<Countly>(getCountlyToken());
  assert.ok(countly instanceof Countly);
  countly.run({ deviceId: 'ann' }, () => {
    new Shop().pay();
    assert.equal(countly.current().deviceId, 'ann');
  });
  const { delivered, pending, dropped } = await countly.flush();
  process.stdout.write(`${JSON.stringify({ delivered, pending, dropped })}\n`);
  await app.close();
}

void main();
