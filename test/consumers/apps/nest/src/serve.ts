import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** Says where it listens, and closes once its input ends; nothing here ends the process. */
export async function serve(app: INestApplication): Promise<void> {
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  process.stdout.write(`listening ${port}\n`);
  process.stdin.resume();
  process.stdin.once('end', async () => {
    await app.close();
    process.stdout.write('closed\n');
  });
}
