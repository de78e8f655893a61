// Checked by tsc in both dialects (test/types/types.test.ts); nothing here runs.
import * as v from 'valibot';
import { z } from 'zod';
import type { ScopeApi } from '../../lib/index.js';
import { fromParameter } from '../../lib/plan/catalogue-types.js';
import { defineEvents } from '../../lib/plan/define-events.js';
import { defineTraces } from '../../lib/plan/define-traces.js';
import { defineViews } from '../../lib/plan/define-views.js';

declare class OrderSegments {
  plan: string;
  amount: number;
}
declare const scope: ScopeApi;

const Order = OrderSegments;
type Order = OrderSegments;
const events = defineEvents({
  checkout: {
    description: 'An order was paid',
    owner: 'payments',
    segmentation: { plan: ['free', 'pro'], amount: 'number', coupon: 'string?', gift: 'boolean?' },
  },
  signup: {},
  searched: { segmentation: { words: 'number?' } },
  ordered: { segmentation: Order },
  refunded: Order,
  zoned: { segmentation: z.object({ zone: z.string(), size: z.number().optional() }) },
  valid: v.object({ level: v.picklist(['low', 'high']) }),
});

const typed = defineEvents<{ checkout: { plan: string; amount: number }; signup: { from?: string } }>();
interface Declared {
  left: { reason: string };
}
const declared = defineEvents<Declared>();
const views = defineViews({ Product: { segmentation: { category: 'string' } }, Home: {} });
const traces = defineTraces({ import: { metrics: { rows: 'number' } }, sync: { owner: 'ops' } });

export class Right {
  readonly shop = 'main';

  @events.TrackEvent('checkout', {
    segmentation: ({ args: [amount], result, instance }) => ({
      plan: 'pro',
      amount: amount + (result?.length ?? 0) + instance.shop.length,
    }),
    sum: ({ args }) => args[0],
  })
  @events.TimedEvent('signup')
  pay(amount: number): string {
    return String(amount);
  }

  @events.TrackEvent('checkout', { segmentation: { plan: fromParameter, amount: fromParameter, coupon: 'x' } })
  @events.TrackEvent('checkout', { segmentation: { plan: 'free', amount: 1 }, on: 'settle', sample: 0.5 })
  @events.TrackEvent('searched')
  @events.TrackEvent('searched', { segmentation: () => ({ words: 3 }) })
  @events.TrackEvent('ordered')
  @events.TrackEvent('ordered', { segmentation: (call) => call.args[1] })
  @events.TrackEvent('refunded', { segmentation: Order })
  @events.TrackEvent('zoned', { segmentation: { zone: 'north' } })
  @events.TimedEvent('valid', { segmentation: { level: 'low' } })
  @views.TrackView('Home')
  @views.TrackView('Product', { segmentation: { category: 'books' }, duration: 'method' })
  @traces.Trace('import', { metrics: ({ args: [plan] }) => ({ rows: plan.length }) })
  @traces.Trace('sync')
  async many(plan: string, order: Order): Promise<number> {
    return plan.length + order.amount;
  }

  @typed.TrackEvent('checkout', { segmentation: ({ args: [plan] }) => ({ plan, amount: 1 }) })
  @typed.TrackEvent('signup')
  @declared.TrackEvent('left', { segmentation: { reason: 'x' } })
  alone(plan: string): void {
    void plan;
  }
}

events.addEvent(scope, 'checkout', { segmentation: { plan: 'pro', amount: 3 }, sum: 3 });
events.addEvent(scope, 'signup');
events.addEvent(scope, 'signup', { count: 2 });
events.addEvent(scope, 'ordered', { segmentation: new Order() });
events.startEvent(scope, 'checkout').end({ segmentation: { plan: 'free', amount: 1 } });
events.startEvent(scope, 'signup').end();
typed.addEvent(scope, 'checkout', { segmentation: { plan: 'x', amount: 1 } });
views.trackView(scope, 'Product', { segmentation: { category: 'books' } }).end();
views.trackView(scope, 'Home', { parallel: true });
traces.reportTrace(scope, 'import', { startedAt: 0, durationMs: 3, metrics: { rows: 1 } });
traces.reportTrace(scope, 'sync', { startedAt: 0, durationMs: 3 });

// @ts-expect-error no such event
events.addEvent(scope, 'chekout', { segmentation: { plan: 'pro', amount: 3 } });
// @ts-expect-error amount is missing
events.addEvent(scope, 'checkout', { segmentation: { plan: 'pro' } });
// @ts-expect-error amount is a number
events.addEvent(scope, 'checkout', { segmentation: { plan: 'pro', amount: '3' } });
// @ts-expect-error no such plan
events.addEvent(scope, 'checkout', { segmentation: { plan: 'gold', amount: 3 } });
// @ts-expect-error no such segment
events.addEvent(scope, 'checkout', { segmentation: { plan: 'pro', amount: 3, colour: 'red' } });
// @ts-expect-error the segmentation is missing
events.addEvent(scope, 'checkout');
// @ts-expect-error the event has no segments
events.addEvent(scope, 'signup', { segmentation: { plan: 'pro' } });
// @ts-expect-error the segmentation is missing
events.startEvent(scope, 'checkout').end();
// @ts-expect-error zone is missing
events.addEvent(scope, 'zoned', { segmentation: { size: 3 } });
// @ts-expect-error no such level
events.addEvent(scope, 'valid', { segmentation: { level: 'medium' } });
// @ts-expect-error amount is missing
typed.addEvent(scope, 'checkout', { segmentation: { plan: 'x' } });
// @ts-expect-error no such view
views.trackView(scope, 'Basket');
// @ts-expect-error rows is missing
traces.reportTrace(scope, 'import', { startedAt: 0, durationMs: 3 });

// Decorators that are wrong where they stand.
// @ts-expect-error no such event
events.TrackEvent('chekout');
// @ts-expect-error the segmentation is missing
events.TrackEvent('checkout');
// @ts-expect-error amount is missing
events.TrackEvent('checkout', { segmentation: { plan: 'pro' } });
// @ts-expect-error amount is a number
events.TimedEvent('checkout', { segmentation: () => ({ plan: 'pro', amount: 'x' }) });
// @ts-expect-error no such segment
events.TrackEvent('checkout', { segmentation: { plan: fromParameter, amount: 3, colour: fromParameter } });
// @ts-expect-error no such view
views.TrackView('Basket');
// @ts-expect-error rows is missing
traces.Trace('import', { metrics: () => ({}) });
// @ts-expect-error the key is what the catalogue is asked for
events.TrackEvent('signup', { key: 'other' });

// A catalogue that is wrong where it stands.
// @ts-expect-error no such type
defineEvents({ checkout: { segmentation: { plan: 'text' } } });
// @ts-expect-error no such setting
defineEvents({ checkout: {} }, { strict: 'yes' });
