import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PackingModule } from './packing.module.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Packs parcels in a process of its own, until it is told to end. */
async function main(): Promise<void> {
  const url = process.env['REDIS_URL'];
  if (!url) throw new Error('REDIS_URL: expected the address of a Redis such as redis://127.0.0.1:6379, got nothing');
  const app = await NestFactory.createApplicationContext(PackingModule.forRedis(url), {
    logger: ['log', 'warn', 'error'],
  });
  app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
  new Logger('Packing').log('The packing room waits for parcels');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
