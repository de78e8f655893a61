// What a whole process used, told at its end through file descriptor 3. To be imported first; loads nothing Node has not loaded.
import { readFileSync, writeSync } from 'node:fs';

const REPORT_TO = 3;

process.on('exit', (code) => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const report = { code, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMib: peakKib(maxRSS) / 1024 };
  writeSync(REPORT_TO, JSON.stringify(report));
});

/** On Linux `maxRSS` begins with the peak of the process that started this one; the kernel's own note does not. */
function peakKib(maxRss) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? maxRss);
  } catch {
    return maxRss;
  }
}

// For clients that cannot end by themselves: the parent knows when all has arrived.
process.once('SIGTERM', () => process.exit(0));
