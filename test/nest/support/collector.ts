import type { Delivery, QueryResult, Transport, WireRequest } from '../../../lib/index.js';

/** One recorded thing, as the server would see it. */
export interface Seen {
  readonly deviceId: string;
  readonly kind: 'event' | 'crash' | 'apm' | 'consent' | 'merge';
  /** Key of an event, name of a trace, message of a crash, id that was merged. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A transport that takes everything and tells what came; `online` decides whether it does. */
export class Collector implements Transport {
  readonly seen: Seen[] = [];
  /** The address of each device, where one was told. */
  readonly addresses = new Map<string, string>();
  online = true;
  closed = false;

  async send(request: WireRequest): Promise<Delivery> {
    if (!this.online) return { kind: 'retry', reason: 'offline' };
    const body = JSON.parse(String(request.body)) as Record<string, unknown>;
    for (const one of (body['requests'] as Record<string, unknown>[] | undefined) ?? [body]) this.#take(one);
    return { kind: 'delivered' };
  }

  async query(): Promise<QueryResult> {
    return { ok: false, status: 404, message: 'nothing here' };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Event keys by device. */
  events(): Record<string, string[]> {
    const byDevice: Record<string, string[]> = {};
    for (const { kind, deviceId, name } of this.seen) {
      if (kind !== 'event') continue;
      byDevice[deviceId] ??= [];
      byDevice[deviceId].push(name);
    }
    return byDevice;
  }

  of(kind: Seen['kind']): Seen[] {
    return this.seen.filter((one) => one.kind === kind);
  }

  #take(request: Record<string, unknown>): void {
    const deviceId = String(request['device_id']);
    if (typeof request['ip_address'] === 'string') this.addresses.set(deviceId, request['ip_address']);
    const add = (kind: Seen['kind'], name: unknown, body: unknown) =>
      this.seen.push({ deviceId, kind, name: String(name), body: body as Record<string, unknown> });
    for (const event of (request['events'] as Record<string, unknown>[] | undefined) ?? []) {
      add('event', event['key'], event);
    }
    const { crash, apm, consent } = request as Record<string, Record<string, unknown> | undefined>;
    if (crash !== undefined) add('crash', crash['_name'], crash);
    if (apm !== undefined) add('apm', apm['name'], apm);
    if (request['old_device_id'] !== undefined) add('merge', request['old_device_id'], {});
    if (consent !== undefined) add('consent', '', consent);
  }
}
