import type { CallHandler, CanActivate, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { Observable } from 'rxjs';

const GATEWAY = 'websockets:is_gateway';

/** Stands on gateway classes; does nothing in an application that has put nothing in its place. */
@Injectable()
class GatewayInterceptor implements NestInterceptor {
  intercept(_execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

/** The same as a guard. */
@Injectable()
class GatewayGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

interface ModuleLike {
  readonly providers: ReadonlyMap<unknown, Wrapper>;
  readonly injectables: Map<unknown, unknown>;
}
interface Wrapper {
  readonly metatype: unknown;
  readonly constructor: new (properties: object) => unknown;
}

/**
 * Nest 10 and 11 give gateways none of an application's global interceptors and guards, so ours stand on the classes – as
 * classes, which every application resolves to instances of its own. From Nest 12 on they are met twice and notice it.
 */
export function enhanceGateways(modules: ModulesContainer, interceptor: NestInterceptor, guard: CanActivate): void {
  for (const module of modules.values() as Iterable<unknown> as Iterable<ModuleLike>) {
    for (const wrapper of module.providers.values()) {
      const { metatype } = wrapper;
      if (typeof metatype !== 'function' || !Reflect.hasMetadata(GATEWAY, metatype)) continue;
      for (const [key, type, instance] of [
        ['__interceptors__', GatewayInterceptor, interceptor],
        ['__guards__', GatewayGuard, guard],
      ] as const) {
        putFirst(metatype, key, type);
        module.injectables.set(type, instanceOf(wrapper, type, instance, module));
      }
    }
  }
}

function putFirst(target: object, key: string, type: unknown): void {
  const given = (Reflect.getMetadata(key, target) ?? []) as readonly unknown[];
  if (!given.includes(type)) Reflect.defineMetadata(key, [type, ...given], target);
}

/** As Nest keeps what was given as a value. Its class is at hand only through another one of them. */
function instanceOf(other: Wrapper, type: { readonly name: string }, instance: object, host: ModuleLike): unknown {
  return new other.constructor({ token: type, name: type.name, metatype: null, instance, isResolved: true, host });
}
