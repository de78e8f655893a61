import { contextScope } from '../../lib/internal.js';
import { CARRIER_HEADER } from '../carrier/carrier.js';
import type { Carriers } from '../carrier/carriers.js';
import { matchesHost } from './hosts.js';
import type { Departing, HttpListener } from './http-channels.js';

/** Puts the carrier of the running scope on requests to the hosts that were named, and on no others. */
export class CarrierSender implements HttpListener {
  readonly #carriers: Carriers;
  readonly #client: object;

  constructor(carriers: Carriers, client: object) {
    this.#carriers = carriers;
    this.#client = client;
  }

  created(request: Departing): void {
    const scope = contextScope();
    if (scope?.client !== this.#client || !matchesHost(request.host, this.#carriers.hosts)) return;
    const carrier = this.#carriers.issue(scope);
    if (carrier !== undefined) request.addHeader(CARRIER_HEADER, carrier);
  }
}
