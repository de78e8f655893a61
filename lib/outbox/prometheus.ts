import type { DropReason } from './drop-reason.js';
import type { LedgerState } from './ledger.js';

const REASONS: readonly DropReason[] = [
  'consent',
  'invalid',
  'filtered',
  'overflow',
  'expired',
  'rejected',
  'undeliverable',
  'closed',
];

/**
 * The ledger in Prometheus' text format, for a metrics endpoint of your own. Every reason is there from the start, so
 * that a rate over it works before the first drop.
 *
 * @param clientName value of the label `client`
 * @example
 * ```ts
 * import { Countly, prometheusText } from 'countly-weave';
 *
 * const countly = Countly.init({ url: 'http://127.0.0.1:6010', appKey: 'shop' });
 * console.log(prometheusText(countly.stats(), countly.name));
 * ```
 */
export function prometheusText(ledger: LedgerState, clientName = 'default'): string {
  const client = `client="${clientName.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const dropped = REASONS.map((reason) => [`${client},reason="${reason}"`, ledger.dropped[reason] ?? 0] as const);
  return [
    ...metric('entries_accepted_total', 'counter', 'Entries taken from the application.', [[client, ledger.accepted]]),
    ...metric('entries_delivered_total', 'counter', 'Entries the server took.', [[client, ledger.delivered]]),
    ...metric('entries_pending', 'gauge', 'Entries waiting or under way.', [[client, ledger.pending]]),
    ...metric('entries_dropped_total', 'counter', 'Entries given up, by reason.', dropped),
    '',
  ].join('\n');
}

function metric(name: string, type: string, help: string, samples: readonly (readonly [string, number])[]): string[] {
  const full = `countly_weave_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => `${full}{${labels}} ${value}`),
  ];
}
