import { inspected } from '../../lib/internal.js';
import { methodOf, NO_ROUTE, routeTemplate } from '../traffic/route.js';
import { HttpContext } from './http-context.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Lets an inspector be told which host request an entry belongs to. Nothing is done for it until one asks. */
export function tellUnits(unitOf: (scope: object) => UnitOfWork | undefined): void {
  inspected.units ??= { unitOf, titleOf: (unit) => titleOf(unit as UnitOfWork) };
}

/** `GET /orders/:id`; of a message its handler. */
function titleOf({ context }: UnitOfWork): string {
  if (context instanceof HttpContext) return `${methodOf(context)} ${routeTemplate(context) ?? NO_ROUTE}`;
  const { type, execution } = context;
  if (execution === undefined) return type;
  return `${type} ${execution.getClass().name}.${execution.getHandler().name}`;
}
