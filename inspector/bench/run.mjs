// What the inspector takes, and how quickly it answers with a full database. `node inspector/bench/run.mjs [rows]`, after
// `npm run build`. The load runs in this process, the inspector in another one.
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const EVENTS_A_REQUEST = 100;
const PARALLEL = 4;
const DEVICES = 5000;
const KEYS = 20;
const SECONDS_AT_RATE = 5;
const RATE = 20_000;
/** How often each question is asked: the system tells CPU by the hundredth of a second. */
const TIMES = 10;

const child = spawn(process.execPath, [
  fileURLToPath(new URL('../bin/countly-inspector.js', import.meta.url)),
  '--port',
  '0',
]);
child.stderr.pipe(process.stderr);
const url = await new Promise((resolve) => {
  child.stdout.on('data', (chunk) => {
    const found = /listens on (\S+)/.exec(String(chunk))?.[1];
    if (found) resolve(found);
  });
});

let clock = Date.now() - 3_600_000;
let made = 0;

function body() {
  const device = `device-${made % DEVICES}`;
  const events = Array.from({ length: EVENTS_A_REQUEST }, (_, n) => {
    made += 1;
    clock += 1;
    if (n % 10 === 9)
      return {
        key: '[CLY]_view',
        count: 1,
        timestamp: clock,
        segmentation: { name: `/page/${n}`, visit: 1, segment: 'Node' },
      };
    return {
      key: `event_${(made * 7) % KEYS}`,
      count: 1,
      dur: (made % 997) / 100,
      sum: made % 50,
      timestamp: clock,
      segmentation: { plan: ['free', 'pro', 'team'][made % 3], price: made % 100, country: `c${made % 40}` },
    };
  });
  return JSON.stringify({
    app_key: 'bench',
    device_id: device,
    timestamp: clock,
    sdk_name: 'bench',
    sdk_version: '1',
    rr: 1,
    events,
  });
}

async function post(text) {
  const response = await fetch(`${url}/i`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`answered ${response.status}`);
}

const cpuOf = async () => {
  const { readFile } = await import('node:fs/promises');
  try {
    const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
};

async function fill(rows) {
  const until = made + rows;
  const work = async () => {
    while (made < until) await post(body());
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

console.log(`node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores`);

// As fast as it goes.
const startedAt = performance.now();
const cpuBefore = await cpuOf();
await fill(ROWS);
const seconds = (performance.now() - startedAt) / 1000;
const cpu = (await cpuOf()) - cpuBefore;
console.log(
  `ingest: ${ROWS} events in ${seconds.toFixed(1)} s, ${Math.round(ROWS / seconds)}/s; ${((cpu / ROWS) * 1e6).toFixed(1)} µs of CPU an event, search included`,
);

for (let indexing = true; indexing; ) {
  indexing = !(await (await fetch(`${url}/api/search?q=pro`)).json()).complete;
  if (indexing) await new Promise((resolve) => setTimeout(resolve, 200));
}

const QUESTIONS = [
  'summary',
  'status',
  'code',
  'keys',
  'view-names',
  'trace-names',
  'error-groups',
  'problem-groups',
  'rejections',
  'events',
  'events?key=event_1',
  'events?without=event_1',
  'events?device=device-0',
  'events?app=bench',
  'views?visit=1',
  'requests',
  'requests?status=200',
  'entries?outcome=stored',
  'devices',
  'devices?q=device-49',
  'devices/device-0',
  'devices/device-0/timeline',
  'profiles',
  'sessions',
  'problems',
  'units',
  'series?window=5m',
  'series',
  'latency?of=events&window=5m',
  'latency?of=events',
  'histogram?key=event_1',
  'histogram?key=event_1&field=segment:price&window=5m',
  'breakdown?key=event_1&segment=country',
  'breakdown?key=event_1&segment=plan&window=5m',
  'segments?key=event_1',
  'funnel?step=event:event_1&step=view:/page/9&step=event:event_2',
  'search?q=pro',
  'search?q=device-4900',
  'search?q=e',
  'search?q=zzz',
];
console.log(`\nat ${made} rows, milliseconds an answer: CPU of the inspector, and passed (best, worst) of ${TIMES}:`);
for (const question of QUESTIONS) {
  const took = [];
  const before = await cpuOf();
  for (let time = 0; time < TIMES; time += 1) {
    const start = performance.now();
    const response = await fetch(`${url}/api/${question}`);
    await response.arrayBuffer();
    took.push(performance.now() - start);
    if (response.status !== 200) console.log(`${question} answered ${response.status}`);
  }
  const cpuMs = (((await cpuOf()) - before) * 1000) / TIMES;
  const numbers = [cpuMs, Math.min(...took), Math.max(...took)].map((ms) => ms.toFixed(1).padStart(7));
  console.log(`${question.padEnd(64)}${numbers.join(' ')}${cpuMs > 100 ? '  over 100 ms' : ''}`);
}

// At a fixed rate, while somebody asks.
let late = 0;
let answers = 0;
let slowest = 0;
const rateStart = performance.now();
let sent = 0;
const asking = (async () => {
  while (performance.now() - rateStart < SECONDS_AT_RATE * 1000) {
    const before = performance.now();
    await (await fetch(`${url}/api/summary`)).arrayBuffer();
    slowest = Math.max(slowest, performance.now() - before);
    answers += 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
})();
const waiting = new Set();
while (performance.now() - rateStart < SECONDS_AT_RATE * 1000) {
  const due = ((performance.now() - rateStart) / 1000) * RATE;
  if (sent + EVENTS_A_REQUEST > due) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    continue;
  }
  if (waiting.size > 20) {
    late += 1;
    await Promise.race(waiting);
  }
  sent += EVENTS_A_REQUEST;
  const one = post(body()).finally(() => waiting.delete(one));
  waiting.add(one);
}
await Promise.all([...waiting, asking]);
const took = (performance.now() - rateStart) / 1000;
console.log(
  `\nat ${RATE}/s for ${SECONDS_AT_RATE} s: ${Math.round(sent / took)}/s taken, ${late} times behind; /api/summary meanwhile ${answers} times, slowest ${slowest.toFixed(0)} ms`,
);
const memory = await (async () => {
  const { readFile } = await import('node:fs/promises');
  return /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => ''))?.[1];
})();
if (memory) console.log(`memory: ${Math.round(Number(memory) / 1024)} MB`);
child.kill('SIGTERM');
