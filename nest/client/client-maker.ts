import type { ModulesContainer } from '@nestjs/core';
import { Countly, CountlyConfigError, type CountlyOptions } from '../../lib/index.js';
import { counted } from '../../lib/internal.js';
import { clientNames } from '../countly.constants.js';
import type { CountlyModuleOptions } from '../countly.options.js';
import { type ModuleSettings, splitOptions } from '../countly.settings.js';
import { registerBooting } from './booting-clients.js';

/** Checks the options of a module, and makes its client unless a test has put another one in its place. */
export class ClientMaker {
  readonly settings: ModuleSettings;
  readonly #options: CountlyOptions;
  readonly #modules: ModulesContainer;
  #made: Countly | undefined;

  /** @throws CountlyConfigError with every problem of the options; it stops the boot */
  constructor(options: CountlyModuleOptions, name: string, modules: ModulesContainer) {
    refuseSecond(name, modules);
    const { client, settings } = splitOptions(options, name);
    this.#options = client;
    this.#modules = modules;
    this.settings = settings;
  }

  make(): Countly {
    this.#made ??= new Countly(this.#options);
    return this.#made;
  }

  /** Stands where no client of this library is: does nothing at all. */
  makeDisabled(): Countly {
    return new Countly({ name: this.settings.name, logger: this.settings.logger, disabled: true });
  }

  /** Lets decorators find the client that was made here. */
  register(): void {
    if (this.#made?.enabled === true) registerBooting(this.#made, this.#modules);
  }

  /** Whether a client was made here, so that it is closed here. */
  owns(client: unknown): boolean {
    return client === this.#made;
  }
}

/** Two clients of one name would each count every view and request, and the decorators would find the last one. */
function refuseSecond(name: string, modules: ModulesContainer): void {
  const count = clientNames(modules).filter((one) => one === name).length;
  if (count < 2) return;
  throw new CountlyConfigError([
    {
      option: 'name',
      expected: 'one CountlyModule.forRoot() for each name; import it once, or give the others names of their own',
      actual: `"${name}" ${counted(count, 'time')}`,
    },
  ]);
}
