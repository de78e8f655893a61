import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeDrawer, opened } from '../lib/route.js';
import { Icon } from '../parts/icon.js';
import { RecordView } from './record-view.js';
import { RequestView } from './request-view.js';
import { UnitView } from './unit-view.js';

/** Beside the list: everything about the one row that the address names. */
export function Drawer() {
  const target = opened.value;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
  }, [target]);
  if (target === undefined) return null;
  const at = target.indexOf('/');
  const kind = target.slice(0, Math.max(0, at));
  const id = target.slice(at + 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <aside class="drawer" aria-label="Details" data-testid="drawer" ref={panel} tabIndex={0}>
      <div class="drawer-close">
        <button type="button" class="icon-button" onClick={closeDrawer} title="Close (Esc)" data-testid="drawer-close">
          <Icon name="close" label="Close" />
        </button>
      </div>
      <Content kind={kind} id={id} key={target} />
    </aside>
  );
}

function Content({ kind, id }: { kind: string; id: string }): ComponentChildren {
  if (kind === 'request') return <RequestView id={id} />;
  if (kind === 'unit') return <UnitView id={id} />;
  return <RecordView kind={kind} id={Number(id)} />;
}
