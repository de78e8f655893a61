import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readFleetArguments } from '../../cli/fleet-arguments.js';
import { readShopSettings } from '../../sample-app/src/settings.js';
import { readComposeFile } from '../support/compose-file.js';
import { noRedis, Redis } from '../support/redis.js';

const ROOT = join(__dirname, '..', '..');

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly readinessProbe?: { readonly httpGet: { readonly path: string; readonly port: number } };
  readonly volumeMounts?: readonly { readonly name: string }[];
}

interface Named {
  readonly metadata: { readonly name: string };
}

interface Manifest extends Named {
  readonly kind: string;
  readonly spec: {
    readonly selector: { readonly matchLabels?: object; readonly app?: string };
    readonly serviceName?: string;
    readonly ports?: readonly { readonly port: number }[];
    readonly volumeClaimTemplates?: readonly Named[];
    readonly template?: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly terminationGracePeriodSeconds?: number;
        readonly containers: readonly Container[];
        readonly volumes?: readonly { readonly name: string }[];
      };
    };
  };
}

const page = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const documents = parseAllDocuments(yaml);
const manifests = documents.map((document) => document.toJS() as Manifest);
const find = (kind: string, name: string) =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)?.spec;
const containerOf = (kind: string, name: string) => find(kind, name)?.template?.spec.containers[0];

describe('what docs/scaling.md shows for Kubernetes', () => {
  it('is YAML', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Deployment shop',
      'Deployment countly-relay',
      'StatefulSet countly-redis',
      'Service countly-redis',
    ]);
  });

  it('selects the pods it makes, and mounts the volumes it has', () => {
    for (const { spec, metadata } of manifests) {
      if (spec.template === undefined) continue;
      expect(spec.selector.matchLabels, metadata.name).toEqual(spec.template.metadata.labels);
      const claimed = spec.volumeClaimTemplates?.map((claim) => claim.metadata.name) ?? [];
      const volumes = [...(spec.template.spec.volumes ?? []).map(({ name }) => name), ...claimed];
      const mounts = spec.template.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
      expect(mounts.map(({ name }) => name).sort(), metadata.name).toEqual(volumes.sort());
    }
  });

  it('starts a relay with a command and an environment it understands, and asks it where it listens', () => {
    const relay = containerOf('Deployment', 'countly-relay');
    const [program, ...argv] = relay?.command ?? [];
    expect(program).toBe('node_modules/.bin/countly-weave');
    const env = Object.fromEntries((relay?.env ?? []).map(({ name, value = 'from a secret' }) => [name, value]));
    const read = readFleetArguments(argv, env);
    expect(read).toMatchObject({
      kind: 'relay',
      task: { redis: env['REDIS_URL'], url: env['COUNTLY_URL'], appKey: env['COUNTLY_APP_KEY'], host: '0.0.0.0' },
    });
    const port = read?.kind === 'relay' ? read.task.port : undefined;
    expect(relay?.readinessProbe?.httpGet).toEqual({ path: '/health', port });
  });

  it('gives shop and relay the address under which Redis is there', () => {
    const service = find('Service', 'countly-redis');
    const address = `redis://countly-redis:${service?.ports?.[0]?.port}`;
    for (const name of ['shop', 'countly-relay']) {
      const url = containerOf('Deployment', name)?.env?.find((variable) => variable.name === 'REDIS_URL');
      expect(url?.value, name).toBe(address);
    }
    const redis = find('StatefulSet', 'countly-redis');
    expect(redis?.serviceName).toBe('countly-redis');
    expect(redis?.selector.matchLabels).toEqual(service?.selector);
  });

  it.skipIf(noRedis)('starts a Redis with options it takes', async () => {
    const redis = new Redis();
    await redis.start(...(containerOf('StatefulSet', 'countly-redis')?.args ?? []), '--appendonly', 'no');
    await redis.stop();
  });
});

describe('docker-compose.yml', () => {
  const services = readComposeFile();

  it('starts programs by node, as a signal to npm or npx may not reach them', () => {
    for (const [name, { command }] of services) {
      if (name !== 'redis') expect(command[0], name).toBe('node');
    }
  });

  it('publishes on this machine alone what the services listen on', () => {
    for (const name of ['shop-1', 'shop-2']) {
      const { environment, ports } = services.get(name) ?? { environment: {}, ports: [] };
      expect(ports.map(({ inside }) => inside)).toEqual([readShopSettings(environment).port]);
    }
    const inspector = services.get('inspector');
    const { COUNTLY_URL, COUNTLY_WEB_URL } = services.get('shop-1')?.environment ?? {};
    expect(COUNTLY_URL).toBe(`http://inspector:${inspector?.ports[0]?.inside}`);
    expect(COUNTLY_WEB_URL).toBe(`http://${inspector?.ports[0]?.outside}`);
    const outside = [...services.values()].flatMap(({ ports }) => ports.map((port) => port.outside));
    expect(outside.every((address) => address.startsWith('127.0.0.1:'))).toBe(true);
    expect(new Set(outside).size).toBe(outside.length);
  });

  it('names the server of the fleet as all of its processes do', () => {
    const relay = services.get('relay')?.command ?? [];
    const read = readFleetArguments(relay.slice(2), {});
    for (const name of ['shop-1', 'shop-2', 'packing']) {
      const {
        COUNTLY_REDIS_URL: redis,
        COUNTLY_URL: url,
        COUNTLY_APP_KEY: appKey,
      } = services.get(name)?.environment ?? {};
      expect(read, name).toMatchObject({ kind: 'relay', task: { redis, url, appKey } });
    }
  });
});
