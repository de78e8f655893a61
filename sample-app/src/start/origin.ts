import type { Random } from './random.js';

/** Where somebody sits, and what at. */
export type Origin = Readonly<Record<string, string>>;

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
] as const;

type Place = Readonly<Record<'country' | 'city' | 'language' | 'net', string>>;

/** The first numbers of addresses that are kept for documentation: nobody's. */
const PLACES: readonly [Place, ...Place[]] = [
  { country: 'DE', city: 'Berlin', language: 'de-DE,de;q=0.9', net: '203.0.113' },
  { country: 'AT', city: 'Graz', language: 'de-AT,de;q=0.9', net: '203.0.113' },
  { country: 'FR', city: 'Lyon', language: 'fr-FR,fr;q=0.9', net: '198.51.100' },
  { country: 'GB', city: 'Leeds', language: 'en-GB,en;q=0.9', net: '198.51.100' },
  { country: 'US', city: 'Austin', language: 'en-US,en;q=0.9', net: '192.0.2' },
  { country: 'JP', city: 'Osaka', language: 'ja-JP,ja;q=0.9', net: '192.0.2' },
];

/** Headers as a browser sends them, and as a CDN in front of the shop would add them. */
export function originOf(random: Random): Origin {
  const { country, city, language, net } = random.pick(PLACES);
  return {
    'user-agent': random.pick(BROWSERS),
    'accept-language': language,
    'x-forwarded-for': `${net}.${random.between(1, 254)}`,
    'x-visitor-country': country,
    'x-visitor-city': city,
  };
}
