// Records numbered events until it is killed, and says after each one that it was accepted. Plain JavaScript over the
// built package, because this is the process an application would run.

import { writeSync } from 'node:fs';
import { Countly } from 'countly-weave';

const [prefix, options] = process.argv.slice(2);
const countly = new Countly({ appKey: 'APP', deviceId: 'host', flushInterval: 3, ...JSON.parse(options) });

// The beat of the group commit, on this process's own event loop: on a busy machine both are late together.
setInterval(() => writeSync(1, 'tick\n'), 20);

let number = 0;
setInterval(() => {
  for (let i = 0; i < 3; i++) {
    countly.device(`${prefix}-${number % 5}`).addEvent(`n${number}`);
    writeSync(1, `${number}\n`);
    number++;
  }
}, 1);
