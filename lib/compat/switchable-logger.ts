import { consoleLogger, type Logger } from '../logger.js';

/** The console; informational messages only while `verbose`, which `setLoggingEnabled` changes at any time. */
export interface SwitchableLogger extends Logger {
  verbose: boolean;
}

export function switchableLogger(verbose: boolean): SwitchableLogger {
  const quiet = consoleLogger(false);
  const loud = consoleLogger(true);
  return {
    verbose,
    error: (message) => quiet.error(message),
    warn: (message) => quiet.warn(message),
    log(message) {
      if (this.verbose) loud.log(message);
    },
    debug(message) {
      if (this.verbose) loud.debug?.(message);
    },
  };
}
