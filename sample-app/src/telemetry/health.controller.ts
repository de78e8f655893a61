import { Controller, Get } from '@nestjs/common';
import { type ClientStats, Countly } from 'countly-weave';
import { InjectCountly } from 'countly-weave/nest';

interface Health {
  readonly status: 'ok';
  readonly countly: ClientStats;
}

/** The shop is healthy while it answers; a Countly server that is away makes it no worse. */
@Controller('health')
export class HealthController {
  constructor(@InjectCountly() private readonly countly: Countly) {}

  @Get()
  read(): Health {
    return { status: 'ok', countly: this.countly.stats() };
  }
}
