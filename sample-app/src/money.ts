/** Prices are whole cents, so that adding them up never rounds. */
export type Cents = number;

export const CURRENCY = 'EUR';

/** What Countly adds up: whole currency units with two decimals. */
export function toUnits(cents: Cents): number {
  return cents / 100;
}

export function formatMoney(cents: Cents): string {
  return `€${toUnits(cents).toFixed(2)}`;
}
