import { readServer, withoutCredentials } from '../telemetry/server.js';
import type { Exit } from './child.js';
import { type ProcessOptions, startInspector, startShop } from './processes.js';
import { describeArrived, describeTraffic, waitForDelivery } from './report.js';
import { sendDrizzle, sendTraffic } from './traffic.js';

export interface RunOptions extends ProcessOptions {
  /** Ends everything. */
  readonly stop: AbortSignal;
}

/** `failed`: nothing could be shown. `unclean`: something did not end as it should. */
export type Outcome = 'clean' | 'unclean' | 'failed';

/** Starts everything, shows it, and stops it again: the shop first, because it still has something to deliver. */
export async function run(options: RunOptions): Promise<Outcome> {
  const { say, stop, settings, env } = options;
  let inspector = settings.hasOwnServer ? undefined : startInspector(options);
  const inspectorUrl = await inspector?.address;
  if (inspector !== undefined && inspectorUrl === undefined) {
    say(`${(await inspector.exited).message}\nThe shop goes on without an inspector: nothing is recorded.`);
    inspector = undefined;
  }
  const shop = startShop(options, inspectorUrl);
  const shopUrl = await shop.address;
  if (shopUrl === undefined) {
    if (!stop.aborted) say((await shop.exited).message);
    await inspector?.stop();
    return stop.aborted ? 'clean' : 'failed';
  }
  say(`\n  Shop        ${shopUrl}`);
  if (inspectorUrl !== undefined) say(`  Inspector   ${inspectorUrl}`);
  else if (settings.hasOwnServer) say(`  Reports to  ${describeServer(env)}`);
  say('');

  await Promise.race([shop.exited, visit(options, shopUrl, inspectorUrl)]);
  say(stop.aborted ? '\nStopping: the shop delivers what is left …' : 'The shop has ended by itself.');
  const shopExit = await shop.stop();
  if (!stop.aborted) say(shopExit.message);
  const inspectorExit = await inspector?.stop();
  return stop.aborted && endedWell(shopExit) && endedWell(inspectorExit) ? 'clean' : 'unclean';
}

/** Lets visitors in, says what came of it, and returns when it is time to stop. */
async function visit({ settings, stop, say }: RunOptions, shopUrl: string, inspectorUrl?: string): Promise<void> {
  const { visitors, trafficSeconds } = settings;
  if (visitors > 0) {
    say(`${visitors} visitors come by over the next ${trafficSeconds} seconds …`);
    const result = await sendTraffic({ url: shopUrl, visitors, seconds: trafficSeconds, signal: stop });
    if (stop.aborted) return;
    say(`${describeTraffic(result)}.`);
  }
  const delivered = await waitForDelivery(shopUrl).catch(() => false);
  if (stop.aborted) return;
  if (!delivered) say('Not everything could be delivered yet; the shop keeps what is left and tries again.');
  if (inspectorUrl !== undefined) {
    say(`Arrived at the inspector:\n${await describeArrived(inspectorUrl).catch((error: unknown) => `  ${error}`)}`);
  }
  say('\nRunning, with a visitor now and then. Ctrl-C ends it.');
  await sendDrizzle(shopUrl, stop);
}

function describeServer(env: NodeJS.ProcessEnv): string {
  const server = readServer(env);
  return 'problem' in server ? `nobody. ${server.problem}` : withoutCredentials(server.url);
}

function endedWell(exit: Exit | undefined): boolean {
  return exit === undefined || exit.code === 0;
}
