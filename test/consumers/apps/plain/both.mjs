// Two copies of the package in one process, as two dependencies may bring them: one registry, one current scope.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Countly, TrackEvent, weave } from 'countly-weave';

const other = createRequire(new URL('./second/index.js', import.meta.url))('countly-weave');
assert.notEqual(other.Countly, Countly, 'this is not a second copy');
const countly = Countly.init({});
const woven = other.weave(() => {}, other.TrackEvent('from_the_other_copy'));
countly.run({ deviceId: 'ann' }, () => {
  weave(() => {}, TrackEvent('from_the_first_copy'))();
  woven();
});
assert.equal(countly.stats().accepted, 2, 'a copy records elsewhere');
await countly.close();
