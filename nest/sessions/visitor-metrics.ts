import type { RequestContext } from '../identity/request-context.js';
import { readUserAgent } from './user-agent.js';

/** Of metrics that this machine has as well: left out, they would be told as the visitor's. */
const UNKNOWN = 'unknown';

/** The first Windows 11, as browsers count; before it the hint has the numbers of Windows 10. */
const FIRST_WINDOWS_11 = 13;

/**
 * What a request says of the visitor's device, as metrics of a session (docs/protocol.md §3.3): its `User-Agent`, and the
 * client hints of Chromium, which are right where that header has been frozen. The language comes from the scope.
 */
export function visitorMetrics(context: RequestContext): Record<string, string> {
  const agent = readUserAgent(context.header('user-agent') ?? '');
  const os = SYSTEM_NAMES[hinted(context, 'sec-ch-ua-platform') ?? ''] ?? agent.os ?? UNKNOWN;
  const known = {
    _browser: brandOf(context) ?? agent.browser,
    _browser_version: agent.browserVersion,
    _os: os,
    _os_version: osVersionOf(context, os) ?? agent.osVersion ?? UNKNOWN,
    _device: hinted(context, 'sec-ch-ua-model') ?? agent.device ?? UNKNOWN,
    _device_type: agent.deviceType ?? UNKNOWN,
    _locale: UNKNOWN,
  };
  return Object.fromEntries(Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** A hint is a text in quotation marks. */
function hinted(context: RequestContext, name: string): string | undefined {
  return /^"([\w .()+-]{1,60})"$/.exec(context.header(name)?.trim() ?? '')?.[1];
}

/** Everybody can send any, and a server keeps a thousand names a year (docs/protocol.md §3.3). */
const SYSTEM_NAMES: Readonly<Record<string, string>> = Object.assign(Object.create(null) as object, {
  ...{ Windows: 'Windows', macOS: 'macOS', Linux: 'Linux', Android: 'Android', iOS: 'iOS', Fuchsia: 'Fuchsia' },
  ...{ 'Chrome OS': 'ChromeOS', 'Chromium OS': 'ChromeOS' },
});

function osVersionOf(context: RequestContext, os: string): string | undefined {
  const version = hinted(context, 'sec-ch-ua-platform-version');
  const [major = 0] = version?.split('.').map(Number) ?? [];
  if (version === undefined || !/^\d{1,4}(\.\d+)*$/.test(version)) return undefined;
  if (os === 'Windows') return major >= FIRST_WINDOWS_11 ? '11' : major > 0 ? '10' : undefined;
  return version.split('.').slice(0, 2).join('.');
}

/** Browsers whose `User-Agent` is Chrome's, and which only a hint names. */
function brandOf(context: RequestContext): string | undefined {
  const brands = context.header('sec-ch-ua');
  return brands === undefined ? undefined : /"(Brave|Vivaldi|Avast Secure Browser|Whale)";/.exec(brands)?.[1];
}
