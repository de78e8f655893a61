import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface Shown {
  readonly items: readonly VirtualItem[];
  /** Pixels above and below what is shown. */
  readonly before: number;
  readonly after: number;
  scrollTo(index: number): void;
}

/** Which of `count` equally high rows are within sight of the scrolling frame. */
export function useVirtualizer(frame: RefObject<HTMLElement | null>, count: number, height: number): Shown {
  const [, render] = useReducer((n: number) => n + 1, 0);
  const options = {
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: 8,
    // Until the frame is measured, so that the first picture is not empty.
    initialRect: { width: 800, height: 800 },
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => render(undefined as never),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  const items = virtualizer.getVirtualItems();
  return {
    items,
    before: items[0]?.start ?? 0,
    after: Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)),
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  };
}
