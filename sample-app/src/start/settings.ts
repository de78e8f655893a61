import { readNumber, SettingsError } from '../settings.js';

/** What `npm start` is told by its environment. */
export interface StartSettings {
  readonly shopPort: number;
  readonly inspectorPort: number;
  /** Visits the shop gets at the beginning, and over how long they are spread. */
  readonly visitors: number;
  readonly trafficSeconds: number;
  /** The shop reports to a server of yours; no inspector is started. */
  readonly hasOwnServer: boolean;
}

/** @throws SettingsError naming each wrong variable, what was expected and what came */
export function readStartSettings(env: NodeJS.ProcessEnv): StartSettings {
  const problems: string[] = [];
  const port = (name: string, fallback: number): number => readNumber(env, name, fallback, 0, 65_535, problems);
  const settings = {
    shopPort: env['SHOP_PORT'] ? port('SHOP_PORT', 3000) : port('PORT', 3000),
    inspectorPort: port('INSPECTOR_PORT', 6010),
    visitors: readNumber(env, 'TRAFFIC_VISITORS', 60, 0, 100_000, problems),
    trafficSeconds: readNumber(env, 'TRAFFIC_SECONDS', 15, 0, 86_400, problems),
    hasOwnServer: Boolean(env['COUNTLY_URL'] || env['COUNTLY_APP_KEY']),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
