import { setTimeout as wait } from 'node:timers/promises';
import { Breadcrumb, ReportErrors, Segment, TimedEvent, Trace, TrackEvent, WithDevice } from 'countly-weave';
import { Shipment } from './shipment.js';

const PACK_MS = 8;
const LABEL_MS = 4;

/** A plain class: no container, no framework. */
export class ParcelService {
  // The order belongs to the visitor who placed it, so its shipment shows up in that visitor's timeline.
  @WithDevice(({ args: [shipment] }) => shipment.visitorId)
  @TimedEvent('order_shipped')
  @ReportErrors()
  async ship(@Segment() shipment: Shipment): Promise<void> {
    await this.pack(shipment.itemCount);
    await this.printLabel(shipment.carrier);
  }

  @TrackEvent('parcel_packed', { sum: ({ args: [items] }) => items })
  @Breadcrumb(({ args: [items] }) => `packing ${items} items`)
  private async pack(items: number): Promise<void> {
    await wait(PACK_MS * items);
  }

  @Trace('print_label')
  @Breadcrumb(({ args: [carrier] }) => `label for ${carrier}`)
  private async printLabel(carrier: string): Promise<void> {
    await wait(LABEL_MS);
    if (carrier === 'pigeon') throw new Error('No label printer knows this carrier.');
  }
}
