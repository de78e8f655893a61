import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Countly } from 'countly-weave';
import { InjectCountly } from 'countly-weave/nest';

/** Says at the end what became of everything that was recorded. */
@Injectable()
export class DeliveryReport implements OnApplicationShutdown {
  readonly #logger = new Logger('Telemetry');

  constructor(@InjectCountly() private readonly countly: Countly) {}

  async onApplicationShutdown(): Promise<void> {
    // Closes once, however many ask: this waits for the close that CountlyModule has begun.
    await this.countly.close();
    const { delivered, pending, dropped } = this.countly.stats();
    const { consent = 0, ...losses } = dropped;
    const lost = Object.entries(losses).map(([reason, count]) => `${reason} ${count}`);
    this.#logger.log(
      `delivered ${delivered}, pending ${pending}, dropped ${lost.join(', ') || 0}, not recorded for want of consent ${consent}`,
    );
  }
}
