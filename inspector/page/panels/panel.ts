import type { ComponentType } from 'preact';
import type { Summary, Totals } from '../../src/api/contract/status.js';

/** What every panel is given. */
export interface PanelProps {
  /** What the address names behind the panel: a device, an event key. */
  readonly item: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly summary: Summary | undefined;
}

export interface Panel {
  /** Its name in the address. */
  readonly id: string;
  readonly title: string;
  /** The group in the navigation. */
  readonly group: string;
  readonly View: ComponentType<PanelProps>;
  /** The number beside its name. */
  count?(totals: Totals): number;
  /** That number is no good news. */
  isBad?(totals: Totals): boolean;
  /** Its name when it is not the panel's own. */
  readonly countName?: string;
}
