/** Settings of the carrier that takes an identity to queues and other services. */
export interface CarrierOptions {
  /**
   * Signs carriers; at least 32 characters, the same in every process that shall understand them. Of a list the first
   * signs and all are accepted, so that a secret can be replaced without losing the jobs that wait.
   */
  readonly secret: string | readonly string[];
  /** Seconds a carrier is accepted after it was made; as long as your jobs may wait. @default 604800 (a week) */
  readonly maxAge?: number | undefined;
  /**
   * Hosts whose requests get the header `x-countly-carrier` by themselves, with `fetch` and undici, and with
   * `node:http` from Node 22.12 on: `orders.internal`,
   * `orders.internal:8080`, or `*.internal` for every host below. No other host ever gets it.
   * @default none; `carrierHeaders()` puts it on by hand
   */
  readonly hosts?: readonly string[] | undefined;
}

/** The option as it is worked with. */
export interface CarrierSettings {
  readonly secrets: readonly [string, ...string[]];
  readonly maxAge: number;
  readonly hosts: readonly string[];
}

/** @internal */
export function carrierSettings(options: CarrierOptions | undefined): CarrierSettings | undefined {
  if (options === undefined) return undefined;
  const secrets = [options.secret].flat() as unknown as readonly [string, ...string[]];
  return { secrets, maxAge: options.maxAge ?? 604_800, hosts: options.hosts ?? [] };
}
