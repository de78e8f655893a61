import { useEffect, useRef } from 'preact/hooks';
import type { Summary } from '../../src/api/contract/status.js';
import { compact, number } from '../lib/format.js';
import { place } from '../lib/route.js';
import type { Panel } from '../panels/panel.js';

/** All panels in groups, each with how much there is. */
export function Navigation({ panels, summary }: { panels: readonly Panel[]; summary: Summary | undefined }) {
  const groups = [...new Set(panels.map(({ group }) => group))].filter((group) => group !== '');
  return (
    <nav class="side" aria-label="Sections">
      {groups.map((group) => (
        <section key={group}>
          <h2 class="side-title">{group}</h2>
          <ul>
            {panels
              .filter((panel) => panel.group === group)
              .map((panel) => (
                <Item key={panel.id} panel={panel} summary={summary} />
              ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

/** On a phone the row of panels scrolls; the current one is in sight. */
function reveal(link: HTMLAnchorElement | null): void {
  const { parentElement: item = null } = link ?? {};
  const row = link?.closest('nav') ?? null;
  if (row !== null && item !== null && row.scrollWidth > row.clientWidth)
    row.scrollLeft = item.offsetLeft - row.clientWidth / 3;
}

function Item({ panel, summary }: { panel: Panel; summary: Summary | undefined }) {
  const count = summary === undefined ? undefined : panel.count?.(summary.totals);
  const link = useRef<HTMLAnchorElement>(null);
  const isCurrent = place.value.panel === panel.id;
  useEffect(() => {
    if (isCurrent) reveal(link.current);
  }, [isCurrent]);
  const isBad = summary !== undefined && panel.isBad?.(summary.totals) === true;
  return (
    <li>
      <a href={`#${panel.id}`} data-testid={`nav-${panel.id}`} ref={link} aria-current={isCurrent ? 'page' : undefined}>
        <span>{panel.title}</span>
        {count !== undefined && (
          <span
            class={isBad ? 'amount is-bad' : 'amount'}
            data-testid={`summary-${panel.countName ?? panel.id}`}
            data-value={count}
            title={number(count)}
          >
            {compact(count)}
          </span>
        )}
      </a>
    </li>
  );
}
