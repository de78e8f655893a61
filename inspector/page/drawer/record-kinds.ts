import type { ListName, ListRows } from '../../src/api/contract/lists.js';
import { expectError, expectEvent, expectTrace, expectView } from '../lib/expectation.js';
import { hrefTo } from '../lib/route.js';

/** What the drawer knows of each kind of row. */
export interface RecordKind {
  readonly list: Exclude<ListName, 'entries' | 'devices' | 'profiles' | 'requests'>;
  title(row: Row): string;
  /** The panel that tells more of its kind. */
  href(row: Row): string;
  expectation?(row: Row): string;
}

/** A row of any list: read by name, as it may be of any kind. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: number };

const text = (row: Row, name: string): string => String(row[name] ?? '');

const personOf = (row: Row): string => hrefTo('people', text(row, 'device_id'));

export const RECORD_KINDS: Readonly<Record<string, RecordKind>> = {
  event: {
    list: 'events',
    title: (row) => text(row, 'key'),
    href: (row) => hrefTo('events', text(row, 'key')),
    expectation: (row) => expectEvent(row as unknown as ListRows['events']),
  },
  view: {
    list: 'views',
    title: (row) => text(row, 'name'),
    href: (row) => hrefTo('views', text(row, 'name')),
    expectation: (row) => expectView(row as unknown as ListRows['views']),
  },
  error: {
    list: 'errors',
    title: (row) => text(row, 'name'),
    href: (row) => hrefTo('errors', row['group_hash'] === null ? undefined : text(row, 'group_hash')),
    expectation: (row) => expectError(row as unknown as ListRows['errors']),
  },
  trace: {
    list: 'traces',
    title: (row) => text(row, 'name'),
    href: (row) => hrefTo('traces', text(row, 'name')),
    expectation: (row) => expectTrace(row as unknown as ListRows['traces']),
  },
  session: { list: 'sessions', title: () => 'Session', href: () => hrefTo('sessions') },
  profile: { list: 'profile-changes', title: () => 'User details', href: personOf },
  consent: {
    list: 'consents',
    title: (row) => `${row['granted'] === true ? 'Agreed to' : 'Withdrew'} ${text(row, 'feature')}`,
    href: personOf,
  },
  merge: { list: 'merges', title: (row) => `Was ${text(row, 'old_device_id')}`, href: personOf },
  problem: {
    list: 'problems',
    title: (row) => text(row, 'title'),
    href: (row) => hrefTo('problems', text(row, 'row')),
  },
};
