import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { readShopSettings, SettingsError } from './settings.js';
import { ShopModule } from './shop.module.js';
import { Customers } from './visitors/customers.js';
import { recogniseVisitor } from './visitors/visitor.middleware.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function main(): Promise<void> {
  // Before Nest starts: a wrong variable is worth one line, not a stack trace.
  const settings = readShopSettings(process.env);
  const app = await NestFactory.create<NestExpressApplication>(ShopModule, { logger: ['log', 'warn', 'error'] });
  // Only what runs on this machine may say where a request came from; `npm start` sends visitors from all over the world.
  app.set('trust proxy', 'loopback');
  app.use(recogniseVisitor(app.get(Customers)));
  // Ctrl-C often comes twice, from the terminal and from npm: the second one must not cut the delivery short.
  app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  await app.listen(settings.port, settings.host);
  new Logger('Shop').log(`The shop listens on ${await app.getUrl()}`);
}

/** What to do about it, for what can be set right from the outside. */
function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${port} is already taken. Choose another one for the shop: PORT=${Number(port) + 1} (0 takes any free one).`;
  }
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this process has. Choose one above 1023: PORT=3000.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
