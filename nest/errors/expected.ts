import { HttpException } from '@nestjs/common';

/** Names of the exceptions that applications throw on purpose to answer a message. */
const ANSWERS = new Set(['RpcException', 'WsException', 'GraphQLError']);

/** Status an exception of Nest stands for; `undefined` for every other error, whatever properties it has. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof HttpException ? error.getStatus() : undefined;
}

/**
 * True for the exceptions a message handler answers with. Their packages are optional, so the class is known by its name
 * in the prototype chain – never by properties: an `AxiosError` has a status too.
 */
export function isAnswer(error: unknown): boolean {
  let level: unknown = error instanceof Error ? Object.getPrototypeOf(error) : undefined;
  while (typeof level === 'object' && level !== null) {
    if (ANSWERS.has((level as { constructor?: { name?: string } }).constructor?.name ?? '')) return true;
    level = Object.getPrototypeOf(level);
  }
  return false;
}
