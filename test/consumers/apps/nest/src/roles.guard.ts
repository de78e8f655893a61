import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

export const Roles = (...roles: string[]) => SetMetadata('roles', roles);

interface WithHeaders {
  headers: Record<string, string | undefined>;
}

/** Fails open when metadata got lost on the way, as role guards do: that is what a wrapper must not cause. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.get<string[] | undefined>('roles', context.getHandler());
    if (roles === undefined) return true;
    const { headers } = context.switchToHttp().getRequest<WithHeaders>();
    return roles.includes(headers['x-role'] ?? '');
  }
}
