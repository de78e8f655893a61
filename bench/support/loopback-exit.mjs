// For whole processes, which have nobody to ask: one that tried to leave this machine ends with an exit code.
import { strangers } from './loopback-only.mjs';

process.on('exit', () => {
  if (strangers.size === 0) return;
  console.error(`tried to reach ${[...strangers].join(', ')}`);
  process.exitCode = 1;
});
