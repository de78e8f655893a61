import type { CallHandler, CanActivate, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { hasRpcHandlers, isGateway } from '../explorer/handler-kinds.js';

/** Stands on the classes of handlers; does nothing in an application that has put nothing in its place. */
@Injectable()
class MessageInterceptor implements NestInterceptor {
  intercept(_execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

/** The same as a guard. */
@Injectable()
class MessageGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

interface ModuleLike {
  readonly providers: ReadonlyMap<unknown, Wrapper>;
  readonly controllers: ReadonlyMap<unknown, Wrapper>;
  readonly injectables: Map<unknown, unknown>;
}
interface Wrapper {
  readonly metatype: unknown;
  readonly constructor: new (properties: object) => unknown;
}

/**
 * Nest gives some handlers of messages none of an application's global interceptors and guards: gateways up to Nest 11, and
 * controllers of a microservice that is connected to an HTTP application without `inheritAppConfig`. So ours stand on the
 * classes – as classes, which every application resolves to instances of its own. Where they are global as well they are met
 * twice and notice it.
 */
export function enhanceMessages(modules: ModulesContainer, interceptor: NestInterceptor, guard: CanActivate): void {
  const ofMessages = notForHttp(interceptor);
  for (const module of modules.values() as Iterable<unknown> as Iterable<ModuleLike>) {
    const gateways = [...module.providers.values()].filter(({ metatype }) => isGateway(metatype));
    const controllers = [...module.controllers.values()].filter(({ metatype }) => hasRpcHandlers(metatype));
    for (const wrapper of [...gateways, ...controllers]) {
      for (const [key, type, instance] of [
        ['__interceptors__', MessageInterceptor, ofMessages],
        ['__guards__', MessageGuard, guard],
      ] as const) {
        putFirst(wrapper.metatype as object, key, type);
        module.injectables.set(type, instanceOf(wrapper, type, instance, module));
      }
    }
  }
}

/** A controller of messages may answer HTTP too, and there the global interceptor is enough, if any is needed. */
function notForHttp(interceptor: NestInterceptor): NestInterceptor {
  return {
    intercept: (execution, next) =>
      execution.getType<string>() === 'http' ? next.handle() : interceptor.intercept(execution, next),
  };
}

function putFirst(target: object, key: string, type: unknown): void {
  const given = (Reflect.getMetadata(key, target) ?? []) as readonly unknown[];
  if (!given.includes(type)) Reflect.defineMetadata(key, [type, ...given], target);
}

/** As Nest keeps what was given as a value. Its class is at hand only through another one of them. */
function instanceOf(other: Wrapper, type: { readonly name: string }, instance: object, host: ModuleLike): unknown {
  return new other.constructor({ token: type, name: type.name, metatype: null, instance, isResolved: true, host });
}
