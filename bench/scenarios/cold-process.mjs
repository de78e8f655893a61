// A whole process: loads a client, records, delivers, closes and ends. Without a client it is an empty Node.
// node cold-process.mjs <url> <folder> <client> <events> <devices>
import '../support/usage.mjs';

const [url, folder, module, events, devices] = process.argv.slice(2);
if (module !== 'none') {
  const { start } = await import(`../clients/${module}.mjs`);
  const client = await start({ url, folder, settings: {} });
  for (let n = 0; n < Number(events); n++) client.track(`visitor-${n % Number(devices)}`, n);
  await client.flush();
  await client.close?.();
}
