/** What the shop is told by its environment. */
export interface ShopSettings {
  /** TCP port; 0 takes any free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** A cart that nobody touched for so long is abandoned. */
  readonly cartAbandonedAfterMs: number;
  /** SQLite file of the orders; `:memory:` keeps them as long as the process lives. */
  readonly database: string;
}

/** Every wrong variable at once, so that nobody has to fix them one start at a time. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** @throws SettingsError naming each wrong variable, what was expected and what came */
export function readShopSettings(env: NodeJS.ProcessEnv): ShopSettings {
  const problems: string[] = [];
  const port = readNumber(env, 'PORT', 3000, 0, 65_535, problems);
  const seconds = readNumber(env, 'CART_ABANDONED_SECONDS', 10, 1, 86_400, problems);
  if (problems.length > 0) throw new SettingsError(problems);
  const host = env['SHOP_HOST'] || '127.0.0.1';
  return { port, host, cartAbandonedAfterMs: seconds * 1000, database: env['SHOP_DATABASE'] || ':memory:' };
}

/** A whole number from the environment; what is wrong with it is added to `problems`. */
export function readNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  min: number,
  max: number,
  problems: string[],
): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  problems.push(`${name}: expected a whole number from ${min} to ${max}, got "${text}"`);
  return fallback;
}

/** Token of the settings for Nest's container. */
export const SETTINGS = Symbol('shop:settings');
