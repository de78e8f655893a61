import { TrackEvent, weave } from 'countly-weave';

export const sum = weave((a: number, b: number) => a + b, TrackEvent('sum'));
