import { describe, expect, it } from 'vitest';
import { isBrowser, isMachine, readUserAgent } from '../../nest/sessions/user-agent.js';
import { processorMs } from '../support/processor-time.js';

/** Browser and version, system and version, device and its type. */
const AGENTS: Record<string, readonly (string | undefined)[]> = {
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36': [
    ...['Chrome', '126.0', 'Windows', '10', 'Desktop', 'desktop'],
  ],
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.81':
    ['Edge', '126.0', 'Windows', '10', 'Desktop', 'desktop'],
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 OPR/111.0.0.0':
    ['Opera', '111.0', 'Windows', '10', 'Desktop', 'desktop'],
  'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko': [
    ...['Internet Explorer', '11.0', 'Windows', '7', 'Desktop', 'desktop'],
  ],
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15':
    ['Safari', '17.4', 'macOS', '10.15', 'Desktop', 'desktop'],
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0': [
    ...['Firefox', '127.0', 'Linux', undefined, 'Desktop', 'desktop'],
  ],
  'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36': [
    ...['Chrome', '125.0', 'ChromeOS', '14541.0', 'Desktop', 'desktop'],
  ],
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1':
    ['Safari', '17.5', 'iOS', '17.5', 'iPhone', 'mobile'],
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1':
    ['Chrome', '126.0', 'iOS', '17.5', 'iPhone', 'mobile'],
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS]':
    ['iOS WebView', '605.1', 'iOS', '16.6', 'iPhone', 'mobile'],
  'Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1':
    ['Safari', '12.1', 'iOS', '12.5', 'iPad', 'tablet'],
  'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A.230803.041) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.71 Mobile Safari/537.36':
    ['Chrome', '126.0', 'Android', '14', 'Pixel 8', 'mobile'],
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36': [
    ...['Chrome', '126.0', 'Android', '10', 'Android', 'mobile'],
  ],
  'Mozilla/5.0 (Linux; Android 13; SM-X906B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36':
    ['Samsung Internet', '25.0', 'Android', '13', 'SM-X906B', 'tablet'],
  'Mozilla/5.0 (Android 13; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0': [
    ...['Firefox', '127.0', 'Android', '13', 'Android', 'mobile'],
  ],
  'Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_POWER) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36':
    ['Chrome', '120.0', 'Android', '8.1', 'CUBOT_POWER', 'mobile'],
  'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/76.0 TV Safari/537.36':
    ['Samsung Internet', '4.0', 'Tizen', '6.0', undefined, 'smarttv'],
  'Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15':
    [...['Safari', '15.4', 'PlayStation', '5', undefined, 'console']],
  'ShopApp/3.2 (iPhone; iOS 17.2; Scale/3.00)': [undefined, undefined, 'iOS', '17.2', 'iPhone', 'mobile'],
  'curl/8.5.0': [undefined, undefined, undefined, undefined, undefined, undefined],
  '': [undefined, undefined, undefined, undefined, undefined, undefined],
};

describe('what a User-Agent says', () => {
  it.each(Object.entries(AGENTS))('%s', (header, expected) => {
    const { browser, browserVersion, os, osVersion, device, deviceType } = readUserAgent(header);
    expect([browser, browserVersion, os, osVersion, device, deviceType]).toEqual(expected);
  });

  it('takes no time, whatever was sent', async () => {
    for (const part of ['Android ', 'iPhone ', 'Version/1 ', '; a', 'AppleWebKit/1 ', 'PlayStation ']) {
      const text = part.repeat(100_000);
      expect(await processorMs(() => readUserAgent(text))).toBeLessThan(50);
    }
  });
});

describe('who is no person', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0.0.0 Safari/537.36',
    'Mozilla/5.0 (compatible; YandexBot/3.0)',
    'facebookexternalhit/1.1',
    'kube-probe/1.29',
    'ELB-HealthChecker/2.0',
    'Amazon-Route53-Health-Check-Service (ref 1)',
    'GoogleHC/1.0',
    'Consul Health Check',
    'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    'Blackbox Exporter/0.25.0',
  ])('%s', (header) => {
    expect(isMachine(header)).toBe(true);
    expect(isBrowser(header)).toBe(false);
  });

  it('is no browser and no program that acts for somebody', () => {
    const people = Object.keys(AGENTS).filter((header) => header.startsWith('Mozilla/'));
    expect(people.filter(isMachine)).toEqual([]);
    expect(people.every(isBrowser)).toBe(true);
    expect(isMachine('ShopApp/3.2 (iPhone; iOS 17.2; Scale/3.00)')).toBe(false);
    expect(isBrowser('curl/8.5.0')).toBe(false);
  });
});
