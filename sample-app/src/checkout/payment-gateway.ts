import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Breadcrumb, ReportErrors, Trace } from 'countly-weave';
import { type Cents, formatMoney } from '../money.js';
import { isUnexpected, PaymentDeclinedError, PaymentGatewayError } from './payment-errors.js';

/** Card numbers that decide what happens, as the sandboxes of real providers have them. Any other card pays. */
export const SANDBOX_CARDS = {
  pays: '4242424242424242',
  declined: '4000000000000002',
  expired: '4000000000000069',
  breaks: '4000000000000119',
} as const;

const ANSWER_MS = 15;

/** Stands in for the payment provider's API. */
@Injectable()
export class PaymentGateway {
  /** @throws PaymentDeclinedError when the bank says no, PaymentGatewayError when the provider breaks */
  @Trace('POST /charges', { type: 'network', responseCode: ({ error }) => statusOf(error) })
  @Breadcrumb(({ args: [, amount] }) => `charging ${formatMoney(amount)}`)
  @ReportErrors({ when: isUnexpected })
  async charge(cardNumber: string, _amount: Cents): Promise<string> {
    await wait(ANSWER_MS);
    switch (cardNumber) {
      case SANDBOX_CARDS.declined:
        throw new PaymentDeclinedError('insufficient_funds');
      case SANDBOX_CARDS.expired:
        throw new PaymentDeclinedError('expired_card');
      case SANDBOX_CARDS.breaks:
        throw new PaymentGatewayError('The payment provider closed the connection.');
      default:
        return randomUUID();
    }
  }

  @Breadcrumb('refunding')
  async refund(_payment: string): Promise<void> {
    await wait(ANSWER_MS);
  }
}

function statusOf(error: unknown): number {
  if (error === undefined) return 201;
  return error instanceof PaymentDeclinedError ? error.getStatus() : 502;
}
