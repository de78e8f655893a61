import { BadRequestException } from '@nestjs/common';

export type Delivery = 'standard' | 'express';

/** What the checkout page asks for. */
export interface CheckoutForm {
  readonly email: string;
  readonly address: string;
  readonly cardNumber: string;
  readonly delivery: Delivery;
}

/** @throws BadRequestException with every field that is wrong; never with what was typed, which may be anything */
export function readCheckoutForm(body: unknown): CheckoutForm {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name].trim() : '');
  const email = text('email');
  const address = text('address');
  const cardNumber = text('card').replace(/\s/g, '');
  const problems = [
    /^[^@\s]+@[^@\s]+$/.test(email) ? undefined : 'email: expected an e-mail address',
    address === '' ? 'address: expected where to send the parcel' : undefined,
    /^\d{16}$/.test(cardNumber) ? undefined : 'card: expected a card number of 16 digits',
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new BadRequestException(problems);
  return { email, address, cardNumber, delivery: text('delivery') === 'express' ? 'express' : 'standard' };
}
