// Two copies of the package in one process, as two dependencies may bring them: one registry, one current scope.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Countly, contextScope, registeredClient, TrackEvent, weave } from 'countly-weave';

const other = createRequire(new URL('./second/index.js', import.meta.url))('countly-weave');
assert.notEqual(other.Countly, Countly, 'this is not a second copy');
const countly = Countly.init({});
assert.equal(other.registeredClient(), countly);
assert.equal(registeredClient(), countly);
const woven = other.weave(() => other.contextScope(), other.TrackEvent('from_the_other_copy'));
const scope = countly.run({ deviceId: 'ann' }, () => {
  weave(() => {}, TrackEvent('from_the_first_copy'))();
  assert.equal(woven(), contextScope());
  return contextScope();
});
assert.equal(scope.deviceId, 'ann');
await countly.close();
