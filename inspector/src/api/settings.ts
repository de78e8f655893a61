import type { ServerSettings } from '../options.js';
import { isObject, type JsonObject, show } from '../protocol/json.js';
import type { Settings } from './contract/settings.js';

/** Settings to change; what is absent stays, `null` removes a salt or app key. */
export interface SettingsChange {
  appKey?: string | null;
  salt?: string | null;
  paused?: boolean;
  remoteConfig?: JsonObject;
  sdkConfig?: JsonObject;
}

/** The settings as the API shows them: the salt is told to nobody. */
export function settingsOf({ appKey, salt, paused, remoteConfig, sdkConfig }: Readonly<ServerSettings>): Settings {
  return { appKey: appKey ?? null, salted: salt !== undefined, paused, remoteConfig, sdkConfig };
}

/** A wrong setting: the message names the setting, what was expected and what came. */
export class SettingsError extends TypeError {
  override readonly name = 'SettingsError';
}

/** Checks everything first, so a wrong change changes nothing. */
export function changeSettings(settings: ServerSettings, change: unknown): void {
  if (!isObject(change)) throw new SettingsError(`settings: expected an object, got ${show(change)}`);
  const next: ServerSettings = { ...settings };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    switch (name) {
      case 'appKey':
      case 'salt':
        if (value !== null && typeof value !== 'string') throw wrong(name, 'a text or null', value);
        next[name] = value || undefined;
        break;
      case 'paused':
        if (typeof value !== 'boolean') throw wrong(name, 'true or false', value);
        next.paused = value;
        break;
      case 'remoteConfig':
      case 'sdkConfig':
        if (!isObject(value)) throw wrong(name, 'an object', value);
        next[name] = value;
        break;
      default:
        throw new SettingsError(
          `setting "${name}" is not known; known are appKey, salt, paused, remoteConfig, sdkConfig`,
        );
    }
  }
  Object.assign(settings, next);
}

function wrong(name: string, expected: string, value: unknown): SettingsError {
  return new SettingsError(`setting "${name}": expected ${expected}, got ${show(value)}`);
}
