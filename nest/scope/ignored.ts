import { shownError } from '../../lib/internal.js';
import type { ModuleSettings } from '../countly.settings.js';
import { answerAtOnce } from '../identity/answer-at-once.js';
import type { RequestContext } from '../identity/request-context.js';
import type { ModuleWarnings } from '../warnings.js';

/** Whether the application leaves this out with `ignore`. A callback that throws leaves out nothing. */
export function isIgnored(
  context: RequestContext,
  { ignore }: Pick<ModuleSettings, 'ignore'>,
  warnings: ModuleWarnings,
): boolean {
  if (ignore === undefined) return false;
  try {
    return answerAtOnce(ignore(context)) === true;
  } catch (error) {
    warnings.once('ignore', `The option ignore failed, so nothing is left out: ${shownError(error)}`);
    return false;
  }
}
