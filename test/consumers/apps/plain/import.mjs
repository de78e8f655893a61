// ES modules, named imports; neither flushed nor closed: the natural end of the process has to deliver.
import { Countly, Trace, TrackEvent, weave } from 'countly-weave';

const countly = Countly.init({});
const add = weave((left, right) => left + right, TrackEvent('added'), Trace('add'));

const sum = countly.run({ deviceId: 'ann' }, () => add(1, 2));
if (sum !== 3) throw new Error(`the woven function gave ${sum}`);
