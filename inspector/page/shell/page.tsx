import { useEffect, useRef, useState } from 'preact/hooks';
import type { Summary } from '../../src/api/contract/status.js';
import { Drawer } from '../drawer/drawer.js';
import { cursor } from '../lib/cursor.js';
import { opened, place } from '../lib/route.js';
import { useApi } from '../lib/use-api.js';
import { PANELS } from '../panels/panels.js';
import { Announcer } from './announcer.js';
import { KeysDialog, ResetDialog } from './dialogs.js';
import { Header } from './header.js';
import { Navigation } from './navigation.js';
import { RejectionBanner } from './rejection-banner.js';

/** Everything: the header, the navigation, the panel that the address names, and the drawer. */
export function Page() {
  const [isAsking, setAsking] = useState(false);
  const { data: summary } = useApi<Summary>('summary');
  const main = useRef<HTMLElement>(null);
  const { panel: id, item, query } = place.value;
  const panel = PANELS.find((candidate) => candidate.id === id) ?? PANELS[0];
  const where = `${id}/${item ?? ''}`;
  const before = useRef(where);
  // Another place begins at its top
  useEffect(() => {
    document.title = id === 'overview' ? 'Countly Inspector' : `${panel?.title} · Countly Inspector`;
    cursor.value = -1;
    if (before.current !== where) main.current?.focus({ preventScroll: true });
    before.current = where;
    main.current?.scrollTo(0, 0);
  }, [where]);

  if (panel === undefined) return null;
  const { View } = panel;
  return (
    <div class="page" data-drawer={opened.value !== undefined}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Header summary={summary} onReset={() => setAsking(true)} />
      <Navigation panels={PANELS} summary={summary} />
      <main id="main" ref={main} tabIndex={-1}>
        <RejectionBanner rejected={summary?.totals.rejected ?? 0} />
        <View key={where} item={item} query={query} summary={summary} />
      </main>
      <Drawer />
      <Announcer />
      <KeysDialog />
      {isAsking && <ResetDialog onClose={() => setAsking(false)} />}
    </div>
  );
}
