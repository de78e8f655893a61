import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

type Close = () => Promise<void>;

/**
 * Lets clients accept entries until everybody else's shutdown hooks are through: the jobs of a queue that is closed there still
 * record. Nest calls the hooks of modules by their distance to the root, global ones first before Nest 11 and last from then
 * on, and those of the same distance as they were imported. So a module stands at each end of the order, and whichever comes
 * second closes.
 */
@Injectable()
export class ShutdownOrder {
  readonly #modules: ModulesContainer;
  readonly #waiting: Close[] = [];
  #isNearEndThrough = false;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#modules = modules;
    this.#place(Number.NEGATIVE_INFINITY, ShutdownOrderModule);
  }

  /** Puts the modules of a class at the far end: first to be initialised as well. */
  placeFirst(type: unknown): void {
    this.#place(Number.POSITIVE_INFINITY, type);
  }

  /** The far end is reached. */
  async reached(close: Close): Promise<void> {
    if (this.#isNearEndThrough) await close();
    else this.#waiting.push(close);
  }

  /** The near end is reached. */
  async reachedNearEnd(): Promise<void> {
    this.#isNearEndThrough = true;
    await Promise.all(this.#waiting.splice(0).map((close) => close()));
  }

  #place(distance: number, type: unknown): void {
    for (const module of this.#modules.values()) if (module.metatype === type) module.distance = distance;
  }
}

/** The near end of the order; imported by `CountlyModule`, once for an application. */
@Module({ providers: [ShutdownOrder], exports: [ShutdownOrder] })
export class ShutdownOrderModule implements OnApplicationShutdown {
  readonly #order: ShutdownOrder;

  constructor(@Inject(ShutdownOrder) order: ShutdownOrder) {
    this.#order = order;
  }

  onApplicationShutdown(): Promise<void> {
    return this.#order.reachedNearEnd();
  }
}
