/** What a Countly server put into its JSON answer, or undefined when this is no Countly answer. */
export interface ServerAnswer {
  /** The text of `result`, HTML entities decoded; undefined when `result` is missing or no text. */
  readonly result: string | undefined;
  /** The text of `info`, decoded. */
  readonly info: string | undefined;
  /** The whole parsed body. */
  readonly value: unknown;
}

/** Reads a response body; undefined when it is not JSON. */
export function readServerAnswer(body: string): ServerAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { result, info } = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return { result: asText(result), info: asText(info), value };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? decodeEntities(value) : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#x2F': '/' };

/** Countly escapes the strings of its answers for HTML (docs/protocol.md §1.3). */
export function decodeEntities(text: string): string {
  return text.replace(/&(#?\w+);/g, (entity: string, name: string) => {
    const known = ENTITIES[name];
    if (known !== undefined) return known;
    const code = /^#x[\da-f]+$/i.test(name)
      ? Number.parseInt(name.slice(2), 16)
      : /^#\d+$/.test(name)
        ? Number.parseInt(name.slice(1), 10)
        : Number.NaN;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}

const MAX_SHOWN = 200;

/** Server text that may be logged: short, on one line, without key or checksum should the server quote the request. */
export function showable(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/\b(app_key|checksum(?:256)?)(["']?\s*[=:]\s*["']?)[^&\s"',}]+/gi, '$1$2***');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
