// A process with a journal, driven by messages. Started with the folder of the compiled library as first argument.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [compiled, path, durability] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const { JournalStorage } = load(join(compiled, 'journal', 'journal.js'));
const { systemClock } = load(join(compiled, 'clock.js'));

// The test that started this process has ended, or waits no more.
process.on('disconnect', () => process.exit(1));
setTimeout(() => process.exit(1), 60_000).unref();

const storage = new JournalStorage({ path, clock: systemClock, sync: durability === 'sync' });
const entries = new Map();
const found = [];
let lastId = 0;

const append = (n) => {
  const now = Date.now();
  lastId = Math.max(lastId + 1, now * 1000);
  const body = `{"key":"event","n":${n}}`;
  const kinds = { idType: 0, kind: 'event', feature: 'events', tz: 0, weight: 1 };
  const entry = { id: lastId, deviceId: `d${n % 7}`, timestamp: now, body, ...kinds };
  entries.set(n, entry);
  storage.append(entry);
};

/** Blocks while the pipe is full: what `process.stdout` keeps then would be gone with the process. */
function tell(line) {
  for (;;) {
    try {
      return writeSync(1, line);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

async function recover() {
  for (let more = true; more; ) {
    const { entries: loose, sealed, nextId } = await storage.recover({ entries: 100_000, bytes: 1e8 });
    for (const entry of [...loose, ...sealed.flatMap((it) => it.entries)]) {
      const { n } = JSON.parse(entry.body);
      entries.set(n, entry);
      found.push(n);
    }
    more = nextId !== undefined;
  }
}

const commands = {
  append({ from, count }) {
    for (let n = from; n < from + count; n++) append(n);
  },
  settle({ from, count }) {
    storage.settle(Array.from({ length: count }, (_, n) => entries.get(from + n)));
  },
  commit: () => storage.commit(),
  recover,
  /** Works until it is killed: every line on stdout is a number that was committed (or, with sync, appended). */
  async work({ from }) {
    for (let n = from; ; n++) {
      append(n);
      if (n % 3 === 0) {
        // Told before it happens, so that a settlement is never unknown.
        tell(`s${n}\n`);
        storage.settle([entries.get(n)]);
      }
      if (durability === 'sync') tell(`${n}\n`);
      if (n % 10 === 9) {
        await storage.commit();
        if (durability !== 'sync') tell(`${n}\n`);
      }
      if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  close: () => storage.close(),
};

storage.open({
  found: () => void recover(),
  lost: () => process.send?.({ warning: 'lost' }),
  warn: (message) => process.send?.({ warning: message }),
});
await recover();
process.send?.({ opened: found });
process.on('message', async ({ id, command, ...rest }) => {
  await commands[command](rest);
  process.send?.({ id, found: [...found] }, () => {
    if (command === 'close') process.exit(0);
  });
});
