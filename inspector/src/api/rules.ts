import { CATALOGUE } from '../checks/catalogue.js';

/** Everything that is checked, in words. */
export function readRules(): unknown {
  return { rules: [...CATALOGUE.values()] };
}
