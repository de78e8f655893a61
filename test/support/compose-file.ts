import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A service of docker-compose.yml, as far as a plain process can have it. */
export interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
  readonly needs: readonly string[];
}

export interface PublishedPort {
  /** Where it is reached from outside, such as `127.0.0.1:3001`. */
  readonly outside: string;
  /** What the process listens on. */
  readonly inside: number;
}

interface Written {
  readonly command: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>>;
}

const FILE = join(__dirname, '../../docker-compose.yml');

/** By name, as `docker compose` reads the file: with the parts merged, and with the defaults of its variables. */
export function readComposeFile(): ReadonlyMap<string, Service> {
  const text = readFileSync(FILE, 'utf8').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  const { services } = parse(text, { merge: true }) as { services: Readonly<Record<string, Written>> };
  return new Map(Object.entries(services).map(([name, written]) => [name, serviceOf(written)]));
}

function serviceOf({ command, environment = {}, ports = [], depends_on: needs = {} }: Written): Service {
  return { command: words(command), environment, ports: ports.map(portOf), needs: Object.keys(needs) };
}

function portOf(text: string): PublishedPort {
  const end = text.lastIndexOf(':');
  return { outside: text.slice(0, end), inside: Number(text.slice(end + 1)) };
}

/** A command line's words; quotes hold one together. */
function words(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
