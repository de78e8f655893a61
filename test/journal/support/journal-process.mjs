// A process with a journal, driven by messages. Started with the folder of the compiled library as first argument.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [compiled, path, durability] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const { createStorage } = load(join(compiled, 'storage', 'create-storage.js'));
const { systemClock } = load(join(compiled, 'clock.js'));

const storage = createStorage({ path, durability, clock: systemClock });
const ids = new Map();

const append = (n) => {
  const body = `{"key":"event","n":${n}}`;
  ids.set(
    n,
    storage.append({
      deviceId: `d${n % 7}`,
      idType: 0,
      kind: 'event',
      feature: 'events',
      timestamp: Date.now(),
      tz: 0,
      weight: 1,
      body,
    }),
  );
};

const commands = {
  append({ from, count }) {
    for (let n = from; n < from + count; n++) append(n);
  },
  settle({ from, count }) {
    storage.settle(Array.from({ length: count }, (_, n) => ids.get(from + n)));
  },
  commit: () => storage.commit(),
  /** Works until it is killed: every line on stdout is a number that was committed (or, with sync, appended). */
  async work({ from, settle }) {
    for (let n = from; ; n++) {
      append(n);
      if (settle && n % 3 === 0) {
        // Told before it happens, so that a settlement is never unknown.
        process.stdout.write(`s${n}\n`);
        storage.settle([ids.get(n)]);
      }
      if (durability === 'sync') process.stdout.write(`${n}\n`);
      if (n % 10 === 9) {
        await storage.commit();
        if (durability !== 'sync') process.stdout.write(`${n}\n`);
      }
      if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  async close() {
    await storage.close();
  },
};

const found = [];
await storage.open({
  recovered({ entries, sealed }) {
    for (const entry of [...entries, ...sealed.flatMap((it) => it.entries)]) {
      const { n } = JSON.parse(entry.body);
      ids.set(n, entry.id);
      found.push(n);
    }
  },
  warn: (message) => process.send?.({ warning: message }),
});
process.send?.({ opened: found });
process.on('message', async ({ id, command, ...rest }) => {
  const result = await commands[command](rest);
  process.send?.({ id, result, found: [...found] });
  if (command === 'close') process.disconnect();
});
