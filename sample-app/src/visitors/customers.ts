import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Somebody who told the shop their name. */
export interface Customer {
  /** Also the device id in Countly, on whatever browser they log in. */
  readonly id: string;
  readonly name: string;
}

/** More of either belong into a database. */
const MAX_KEPT = 10_000;

/** Customers by name, and who is logged in where, in memory. A sample has no passwords: a name is enough to be somebody. */
@Injectable()
export class Customers {
  readonly #byName = new Map<string, Customer>();
  readonly #byToken = new Map<string, Customer>();

  /** @returns the customer, and what their browser proves the login with */
  logIn(name: string): { readonly customer: Customer; readonly token: string } {
    const known = this.#byName.get(name.toLowerCase());
    const customer = known ?? { id: `customer-${randomUUID().slice(0, 8)}`, name };
    const token = randomUUID();
    keep(this.#byName, name.toLowerCase(), customer);
    keep(this.#byToken, token, customer);
    return { customer, token };
  }

  of(token: string | undefined): Customer | undefined {
    return token === undefined ? undefined : this.#byToken.get(token);
  }

  logOut(token: string | undefined): void {
    if (token !== undefined) this.#byToken.delete(token);
  }
}

function keep(map: Map<string, Customer>, key: string, customer: Customer): void {
  map.delete(key);
  map.set(key, customer);
  const [oldest] = map.keys();
  if (map.size > MAX_KEPT && oldest !== undefined) map.delete(oldest);
}
