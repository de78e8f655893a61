import type * as ClassTransformer from 'class-transformer';
import { type ClassMapper, useClassMapper } from '../config/dialect.js';

/** Remote config values through class-transformer, so that `@Expose`, `@Type` and `@Transform` on the class apply. */
export const mapRemoteConfig: ClassMapper = (type, values) => {
  // Loaded when first needed: most processes never map a class.
  const { plainToInstance } = require('class-transformer') as typeof ClassTransformer;
  return plainToInstance(type, values, { exposeDefaultValues: true });
};

useClassMapper(mapRemoteConfig);
