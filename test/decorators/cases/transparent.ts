import assert from 'node:assert/strict';
import { Observable } from 'rxjs';
import { Breadcrumb } from '../../../lib/decorators/breadcrumb.js';
import { ReportErrors } from '../../../lib/decorators/report-errors.js';
import { TimedEvent } from '../../../lib/decorators/timed-event.js';
import { Trace } from '../../../lib/decorators/trace.js';
import { TrackEvent } from '../../../lib/decorators/track-event.js';
import { TrackView } from '../../../lib/decorators/track-view.js';
import { WithDevice } from '../../../lib/decorators/with-device.js';
import { assertTransparent } from '../../../lib/testing/transparency.js';
import type { Cases } from './harness.js';

class Everything {
  @TrackEvent('x', { segmentation: (call) => ({ a: call.result as never }) })
  trackEvent(): unknown {
    return 1;
  }
  @TrackEvent('x', {
    when: () => {
      throw new Error('when');
    },
  })
  brokenCallback(): void {}
  @TimedEvent('x', { on: 'settle' })
  timedEvent(): void {}
  @TrackView('x')
  trackView(): void {}
  @TrackView('x', { duration: 'method' })
  trackViewDuration(): void {}
  @ReportErrors()
  reportErrors(): void {}
  @Trace()
  trace(): void {}
  @Trace({ type: 'network' })
  networkTrace(): void {}
  @Breadcrumb()
  breadcrumb(): void {}
  @WithDevice(() => 'visitor')
  withDevice(): void {}
  @TrackEvent('named', { client: 'nobody' })
  named(): void {}
  @TrackEvent('a')
  @TimedEvent('b')
  @TrackView('c', { duration: 'method' })
  @ReportErrors()
  @Trace()
  @Breadcrumb()
  @WithDevice(() => 'visitor')
  all(): void {}
  @TrackEvent('static')
  static fixed(): void {}
  plain(): void {}
}

const names = Object.getOwnPropertyNames(Everything.prototype).filter(
  (name) => name !== 'constructor' && name !== 'plain',
);

export const cases: Cases = {
  ...Object.fromEntries(
    names.map((name) => [
      `${name} is transparent`,
      () => assertTransparent(Everything, name, { Observable: Observable as never }),
    ]),
  ),
  'static methods too': () => assertTransparent(Everything, 'fixed', { static: true }),
  'a method without decorators is no proof': () =>
    assert.rejects(assertTransparent(Everything, 'plain'), /carries no decorator/),
};
