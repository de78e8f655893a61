import { ReportErrors, TrackEvent } from 'countly-weave';

export class Cart {
  readonly items: string[] = [];

  @TrackEvent('item_added', { segmentation: (call) => ({ items: call.instance.items.length }) })
  @ReportErrors()
  add(sku: string): number {
    if (sku === '') throw new TypeError('no sku');
    return this.items.push(sku);
  }
}
