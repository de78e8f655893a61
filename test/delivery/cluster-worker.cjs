// A cluster worker: the first records and is killed as soon as that is on disk, the others end by themselves.
const cluster = require('node:cluster');
const [packagePath, url, storagePath] = process.argv.slice(2);
const { Countly } = require(packagePath);
const number = process.env.WORKER;
const countly = new Countly({
  url,
  appKey: 'APP',
  deviceId: 'host',
  storagePath,
  durability: 'sync',
  flushInterval: number === '0' ? 60_000 : 5,
});

countly.device(`c${number}`).addEvent('work');
if (number === '0') process.send('kill me');
else countly.close().then(() => cluster.worker.disconnect());
