import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ShopRequest } from './http.js';

/** Handler parameter: the id of the visitor who is served. */
export const VisitorId = createParamDecorator((_: undefined, context: ExecutionContext): string => {
  return context.switchToHttp().getRequest<ShopRequest>().visitor.id;
});
