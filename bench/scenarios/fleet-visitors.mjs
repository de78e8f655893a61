import { startClient } from '../clients/index.mjs';

/** What Redis knows of visitors who began a session and saw a page, when all that was to be sent has been. */
export default async function fleetVisitors({ variant, visitors, url, folder }, outside) {
  const client = await startClient(variant, { url, folder });
  client.visit('the first');
  await client.flush();
  const before = await outside.redisBytes();
  for (let n = 0; n < visitors; n++) {
    client.visit(`visitor-${n}`);
    if (n % 20 === 19) await new Promise(setImmediate);
    if (n % 1000 === 999) await client.flush();
  }
  const { pending } = await client.flush();
  return { redisBytes: ((await outside.redisBytes()) - before) / visitors, pending };
}
