// CommonJS without a compiler: woven by function, delivered and closed by hand.
const { Countly, Trace, TrackEvent, weave } = require('countly-weave');

const countly = Countly.init({});
const add = weave((left, right) => left + right, TrackEvent('added'), Trace('add'));

async function main() {
  const sum = await countly.run({ deviceId: 'ann' }, async () => add(1, 2));
  if (sum !== 3) throw new Error(`the woven function gave ${sum}`);
  const { delivered, pending, dropped } = await countly.flush();
  process.stdout.write(`${JSON.stringify({ delivered, pending, dropped })}\n`);
  await countly.close();
}

main();
