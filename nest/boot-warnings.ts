import type { ModulesContainer } from '@nestjs/core';
import { clientNames, DEFAULT_NAME } from './countly.constants.js';
import type { CountlyRuntime } from './countly.runtime.js';
import type { ModuleSettings } from './countly.settings.js';
import {
  bootReport,
  methodsWithoutClient,
  unknownClients,
  unreachable,
  withoutScopes,
} from './explorer/boot-report.js';
import { wovenProviders } from './explorer/woven-providers.js';
import { featureClasses } from './feature/features.js';
import { namesUser } from './identity/resolvers.js';
import { withoutVisitors } from './sessions/sessions.options.js';

const FORGEABLE =
  'The cookie of anonymous visitors is signed with a key made of the app key, which browsers know if they report to the same app. Give anonymous.secret (at least 32 characters): whoever can make such a cookie can have it merged with a user.';

/** Whether somebody outside could make a cookie that is merged at a login. */
function isForgeable({ anonymous, resolvers }: ModuleSettings): boolean {
  return typeof anonymous === 'object' && anonymous.merge && !anonymous.isSecret && resolvers.some(namesUser);
}

/** What a module says once its application has booted: what was woven, and what cannot have any effect the way it is set up. */
export function tellAtBoot(runtime: CountlyRuntime, modules: ModulesContainer): void {
  const { client, settings } = runtime;
  const { bootReport: tells, name, logger } = settings;
  if (tells) warnOfNothing(runtime, modules);
  if (!client.enabled) return;
  if (tells && name === DEFAULT_NAME) report(settings, modules);
  if (tells) reportRules(runtime);
  if (isForgeable(settings)) logger.warn(FORGEABLE);
}

function report({ logger, debug }: ModuleSettings, modules: ModulesContainer): void {
  const { counts, list, problems } = bootReport(wovenProviders(modules));
  if (counts !== undefined) logger.log(debug ? counts : `${counts}. The option debug lists them.`);
  if (list !== undefined && debug) (logger.debug ?? logger.log).call(logger, list);
  const lost = unknownClients(featureClasses(modules));
  for (const problem of [...problems, ...lost]) logger.warn(problem);
}

function reportRules({ settings, rules }: CountlyRuntime): void {
  for (const taken of rules.taken) settings.logger.log(taken);
  for (const problem of rules.problems) settings.logger.warn(problem);
}

function warnOfNothing({ settings, warnings }: CountlyRuntime, modules: ModulesContainer): void {
  const isOnly = !clientNames(modules).includes(DEFAULT_NAME) && !settings.requestScope;
  const unnamed = isOnly ? methodsWithoutClient(wovenProviders(modules)) : [];
  const problems = [...unreachable(settings.name, unnamed), ...withoutScopes(settings), ...withoutVisitors(settings)];
  for (const problem of problems) warnings.once(problem, problem);
}
