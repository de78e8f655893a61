import type { ArgumentsHost } from '@nestjs/common';
import { type ContextScope, contextScope } from '../../lib/internal.js';
import { requestOfOperation } from './message-context.js';
import { openMessage } from './open-message.js';
import type { UnitOfWork } from './unit-of-work.js';
import { unitOfRequest } from './unit-registry.js';

/**
 * The unit of work that a layer of Nest is called for. Where there is a request it decides, whatever the async context says:
 * a middleware may have gone on in the callback of a pooled connection, which belongs to whoever opened it. `null` for what
 * was left out.
 */
export function unitOf(host: ArgumentsHost): UnitOfWork | null | undefined {
  const type = host.getType<string>();
  if (type === 'http') return ofRequest(host.getArgByIndex(0));
  if (type === 'graphql') return ofRequest(requestOfOperation(host));
  return openMessage(host)?.unit;
}

/** The scope that a layer of Nest is called for; that of the running code where there is no request or message. */
export function scopeOf(host: ArgumentsHost): ContextScope | undefined {
  const unit = unitOf(host);
  if (unit === null) return undefined;
  return (unit?.scope as ContextScope | undefined) ?? contextScope();
}

function ofRequest(request: unknown): UnitOfWork | null | undefined {
  return typeof request === 'object' && request !== null ? unitOfRequest(request) : undefined;
}
