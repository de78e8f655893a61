import { HttpException, HttpStatus } from '@nestjs/common';

/** The bank said no. It happens every day: an answer for the visitor, nothing to report. */
export class PaymentDeclinedError extends HttpException {
  constructor(readonly reason: 'insufficient_funds' | 'expired_card') {
    super(`The payment was declined: ${reason.replace('_', ' ')}.`, HttpStatus.PAYMENT_REQUIRED);
  }
}

/** The payment provider broke. */
export class PaymentGatewayError extends Error {
  override readonly name = 'PaymentGatewayError';
}

/** The visitor's order could not be placed; `cause` says why. */
export class CheckoutFailedError extends Error {
  override readonly name = 'CheckoutFailedError';
}

/** For `@ReportErrors({ when })`: what is worth somebody's attention. */
export function isUnexpected({ error }: { readonly error: unknown }): boolean {
  return !(error instanceof HttpException) || error.getStatus() >= HttpStatus.INTERNAL_SERVER_ERROR;
}
