/** What is to be packed, as it travels: who gets it is the business of the carrier alone. */
export interface Parcel {
  readonly orderId: string;
  readonly items: number;
  /** Whose order it is, signed; absent when nobody is to be counted for it. */
  readonly countly?: string;
}

export const PARCELS = 'parcels';

/** Where the shop hands over what was paid. */
export abstract class ParcelDesk {
  /** Never fails: an order is one, also while nobody can pack it. */
  abstract handOver(orderId: string, items: number): void;
}
