import type { ApplicationConfig, ModuleRef } from '@nestjs/core';

/**
 * Where an application keeps its global enhancers. Nest offers no injection token for it, and the tokens it does offer
 * (`APP_INTERCEPTOR`, `APP_FILTER`) register before the options of `forRootAsync` are known, for every application, and
 * at a place in the order that cannot be chosen. Same place in Nest 10, 11 and 12; without it only these extras are
 * missing.
 */
export function applicationConfig(moduleRef: ModuleRef): ApplicationConfig | undefined {
  const { container } = moduleRef as unknown as { container?: { applicationConfig?: ApplicationConfig } };
  return container?.applicationConfig;
}
