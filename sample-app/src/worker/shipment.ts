import { Exclude, Expose } from 'class-transformer';

const COUNTLY = { groups: ['countly'] };

/** An order on its way out of the house. */
export class Shipment {
  @Expose(COUNTLY)
  readonly carrier: string;

  @Expose({ name: 'items', ...COUNTLY })
  readonly itemCount: number;

  @Exclude()
  readonly visitorId: string;

  @Exclude()
  readonly email: string;

  @Exclude()
  readonly address: string;

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.visitorId = readText(fields, 'visitorId');
    this.carrier = readText(fields, 'carrier');
    this.email = readText(fields, 'email');
    this.address = readText(fields, 'address');
    this.itemCount = Number(fields['items'] ?? 1);
  }
}

function readText(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`order: expected a text under "${name}", got ${value === undefined ? 'nothing' : typeof value}`);
}
