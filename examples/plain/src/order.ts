export interface Order {
  readonly item: string;
  readonly pieces: number;
  readonly price: number;
  /** For the receipt. Countly is never told. */
  readonly email: string;
}
