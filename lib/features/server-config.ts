import { type Behaviour, type BehaviourOptions, effectiveBehaviour } from './behaviour.js';
import type { FeaturePort, Target } from './feature.js';
import { readServerSettings, type ServerSettings } from './server-settings.js';

/** Keeps the last good answer for the next start. Both never throw. */
export interface SettingsFile {
  read(): string | undefined;
  write(text: string): void;
}

const NOTHING_SET: ServerSettings = Object.freeze({});

/**
 * The SDK behaviour settings of the server (docs/protocol.md §10.5). What could not be fetched leaves what is known in force;
 * servers without the plugin are asked again at the usual interval, without a word.
 */
export class ServerConfig {
  readonly #options: BehaviourOptions;
  readonly #file: SettingsFile;
  readonly #applied: (behaviour: Behaviour) => void;
  #settings: ServerSettings;
  #behaviour: Behaviour;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(options: BehaviourOptions, file: SettingsFile, applied: (behaviour: Behaviour) => void) {
    this.#options = options;
    this.#file = file;
    this.#applied = applied;
    this.#settings = parsed(file.read()) ?? NOTHING_SET;
    this.#behaviour = effectiveBehaviour(options, this.#settings);
  }

  /** What is in force now. */
  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  /** What the operator set, as far as it is valid. */
  get settings(): ServerSettings {
    return this.#settings;
  }

  /** Fetches now and then again and again. */
  start(port: FeaturePort, target: Target): void {
    const again = () => {
      if (this.#stopped) return;
      this.#cancelTimer = port.clock.after(this.#behaviour.refreshMs, () => this.start(port, target));
    };
    this.fetch(port, target, false).then(again, again);
  }

  /** An answer that comes later changes nothing any more: it could make the client record after its last flush. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  async fetch(port: FeaturePort, target: Target, awaited: boolean): Promise<boolean> {
    const answer = await port.query(target, { path: '/o/sdk', fields: { method: 'sc' }, awaited });
    if (!answer.ok || this.#stopped) return false;
    const settings = readServerSettings(answer.value);
    if (settings === undefined) return false;
    this.#file.write(JSON.stringify(answer.value));
    this.#settings = settings;
    this.#behaviour = effectiveBehaviour(this.#options, settings);
    this.#applied(this.#behaviour);
    return true;
  }
}

function parsed(text: string | undefined): ServerSettings | undefined {
  if (text === undefined) return undefined;
  try {
    return readServerSettings(JSON.parse(text));
  } catch {
    return undefined;
  }
}
