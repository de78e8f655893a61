import { arch, cpus, release, type } from 'node:os';
import type { ResolvedOptions } from '../config/resolve.js';

/** What is told of this machine (docs/protocol.md §3.3). Crashes need OS and app version: an empty override does not count. */
export function hostMetrics({ appVersion, metrics }: ResolvedOptions, bare: boolean): Readonly<Record<string, string>> {
  const own = bare ? { _os: type(), _os_version: release(), _app_version: appVersion ?? '0.0' } : machine(appVersion);
  for (const [name, value] of Object.entries(metrics)) {
    if (value !== '') Object.defineProperty(own, name, { value, enumerable: true });
  }
  return Object.freeze(own);
}

const OS_NAMES: Readonly<Record<string, string>> = { Darwin: 'macOS', Windows_NT: 'Windows' };
let cpuModel: string | undefined;
let locale: string | undefined;

/** What takes long to find out is read when a session or a crash is the first to tell it. */
function machine(appVersion: string | undefined): Record<string, string> {
  return {
    _os: OS_NAMES[type()] ?? type(),
    _os_version: release(),
    _device: 'server',
    _device_type: 'desktop',
    _app_version: appVersion ?? '0.0.0',
    _architecture: arch(),
    get _cpu() {
      cpuModel ??= cpus()[0]?.model ?? 'unknown';
      return cpuModel;
    },
    get _locale() {
      locale ??= Intl.DateTimeFormat().resolvedOptions().locale.replace('-', '_');
      return locale;
    },
  };
}
