import type { CountlyOptions } from './options.js';

/** What the environment says where the options do not. Empty variables count as absent. */
export function fromEnvironment(env: NodeJS.ProcessEnv): CountlyOptions {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    url: value('COUNTLY_URL'),
    appKey: value('COUNTLY_APP_KEY'),
    salt: value('COUNTLY_SALT'),
    deviceId: value('COUNTLY_DEVICE_ID'),
    debug: booleanOf(value('COUNTLY_DEBUG')),
    disabled: booleanOf(value('COUNTLY_DISABLED')),
  };
}

/** `1`, `true`, `0`, `false`; anything else is left as it is and then reported with its name. */
function booleanOf(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off)$/i.test(value)) return false;
  return value as unknown as boolean;
}
