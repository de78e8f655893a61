/** What a `User-Agent` says of a device; what it does not say is missing. */
export interface UserAgent {
  readonly browser: string | undefined;
  readonly browserVersion: string | undefined;
  readonly os: string | undefined;
  readonly osVersion: string | undefined;
  readonly device: string | undefined;
  readonly deviceType: 'mobile' | 'tablet' | 'desktop' | 'smarttv' | 'console' | undefined;
}

type Rule = readonly [name: string, form: RegExp];

/** A browser names those it is made of or wants to be taken for, so the particular ones come first. */
const BROWSERS: readonly Rule[] = [
  ['Edge', /\b(?:Edg|EdgA|EdgiOS|Edge)\/([\d.]+)/],
  ['Opera', /\b(?:OPR|OPX|OPT|Opera)\/([\d.]+)/],
  ['Samsung Internet', /\bSamsungBrowser\/([\d.]+)/],
  ['Yandex', /\bYaBrowser\/([\d.]+)/],
  ['Vivaldi', /\bVivaldi\/([\d.]+)/],
  ['UC Browser', /\bUCBrowser\/([\d.]+)/],
  ['DuckDuckGo', /\b(?:DuckDuckGo|Ddg)\/([\d.]+)/],
  ['Silk', /\bSilk\/([\d.]+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Android WebView', /; wv\).{0,300}\bChrome\/([\d.]+)/],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\/([\d.]+)/],
  ['Android Browser', /\bAndroid\b.{0,300}\bVersion\/([\d.]+).{0,300}\bSafari\b/],
  ['Safari', /\bVersion\/([\d.]+).{0,300}\bSafari\b/],
  ['iOS WebView', /\b(?:iPhone|iPad|iPod)\b.{0,300}\bAppleWebKit\/([\d.]+)/],
  ['Internet Explorer', /\bMSIE ([\d.]+)|\bTrident\/.{0,300}\brv:([\d.]+)/],
];

const SYSTEMS: readonly Rule[] = [
  ['Windows', /\bWindows NT ([\d.]+)/],
  ['iOS', /\b(?:iPhone|iPad|iPod)\b.{0,300}?\bOS (\d+(?:[._]\d+)*)|\biOS (\d+(?:\.\d+)*)/],
  ['Tizen', /\bTizen(?: |\/)([\d.]+)/],
  ['Android', /\bAndroid(?: ([\d.]+))?/],
  ['ChromeOS', /\bCrOS \S+ ([\d.]+)/],
  ['PlayStation', /\bPlayStation (?:\w+ )?([\d.]+)/],
  ['Nintendo', /\bNintendo (?:\w+)/],
  ['webOS', /\bWeb0S\b|\bwebOS(?:\/([\d.]+))?/i],
  ['macOS', /\bMac OS X (\d+(?:[._]\d+)*)/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

/** Marketing calls them otherwise than the kernel. From version 11 on browsers say 10 for ever; only a hint tells (see below). */
const WINDOWS: Readonly<Record<string, string>> = {
  '10.0': '10',
  '6.3': '8.1',
  '6.2': '8',
  '6.1': '7',
  '6.0': 'Vista',
  '5.1': 'XP',
};

const TELEVISION = /\b(?:smart-?tv|googletv|appletv|hbbtv|bravia|roku|crkey|netcast|web0s)\b|\bTV\b|\bAFT\w+ Build/i;
const CONSOLE = /\b(?:PlayStation|Xbox|Nintendo)\b/;
const TABLET = /\biPad\b|\bTablet\b|\bPlayBook\b|\bSilk\/(?!.{0,300}\bMobile\b)|\bAndroid\b(?!.{0,300}\bMobile\b)/;
const MOBILE = /\bMobi|\biPhone\b|\biPod\b|\bAndroid\b/;

/** More is no browser's, and the rules below read a text several times. */
const LONGEST = 1024;
// All bounded: a header is whatever anybody sends.
const ANDROID_MODEL = /\bAndroid[^;)]{0,40}; (?:[a-z]{2}[-_][a-zA-Z]{2}; )?([^;)]{1,80}?)(?: Build\/[^;)]{0,80})?[;)]/;

/** Reads a `User-Agent` header. Few rules, for what people use; anything else is unknown rather than guessed. */
export function readUserAgent(header: string): UserAgent {
  const text = header.slice(0, LONGEST);
  const [browser, browserVersion] = firstMatch(BROWSERS, text);
  const [os, version] = firstMatch(SYSTEMS, text);
  const osVersion = os === 'Windows' ? (WINDOWS[version ?? ''] ?? version) : version;
  const deviceType = deviceTypeOf(text, browser ?? os);
  return { browser, browserVersion, os, osVersion, deviceType, device: modelOf(text, deviceType) };
}

function firstMatch(rules: readonly Rule[], text: string): readonly [name?: string, version?: string | undefined] {
  for (const [name, form] of rules) {
    const match = form.exec(text);
    if (match !== null) return [name, shortVersion(match[1] ?? match[2])];
  }
  return [];
}

/** Two numbers: more tell builds apart, of which a server keeps a thousand a year (docs/protocol.md §3.3). */
function shortVersion(version: string | undefined): string | undefined {
  const numbers = version?.split(/[._]/).filter((part) => part !== '');
  return numbers === undefined || numbers.length === 0 ? undefined : numbers.slice(0, 2).join('.');
}

function deviceTypeOf(text: string, known: string | undefined): UserAgent['deviceType'] {
  if (TELEVISION.test(text)) return 'smarttv';
  if (CONSOLE.test(text)) return 'console';
  if (TABLET.test(text)) return 'tablet';
  if (MOBILE.test(text)) return 'mobile';
  return known === undefined ? undefined : 'desktop';
}

function modelOf(text: string, type: UserAgent['deviceType']): string | undefined {
  const apple = /\b(?:iPhone|iPad|iPod)\b/.exec(text)?.[0];
  if (apple !== undefined) return apple;
  const model = ANDROID_MODEL.exec(text)?.[1];
  // Chrome says `K` for all, Firefox what kind it is.
  if (model !== undefined) return /^(?:K|Mobile|Tablet|wv)$/.test(model) ? 'Android' : model.slice(0, 60);
  return type === 'desktop' ? 'Desktop' : undefined;
}

const CRAWLER =
  /(?<!cu)bot\b|(?<!cu)bot[/;_-]|crawl|spider|slurp|scrap(?:er|y)|lighthouse|facebookexternalhit|link ?preview|archiver/i;
const PROBE =
  /health-?\s?check|kube-probe|googlehc|envoy\/hc|alwayson|traffic ?manager|prometheus|blackbox|pingdom|uptime|statuscake|site24x7|datadog|newrelicpinger|check_http|zabbix|monitor/i;

/** Says of itself that it is no person: a crawler, or the probe of a load balancer or a monitor. */
export function isMachine(header: string): boolean {
  const text = header.slice(0, LONGEST);
  return CRAWLER.test(text) || PROBE.test(text);
}

/** All browsers begin like this, for reasons of the nineties; programs do not, unless they want to be taken for one. */
export function isBrowser(header: string): boolean {
  return header.startsWith('Mozilla/') && !isMachine(header);
}
