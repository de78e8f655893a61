import { svg } from './dom.js';
import { duration, number } from './format.js';

/** Bars of a duration histogram; each bar says its range and count. */
export function histogram(counts, bounds, label) {
  if (!counts) return document.createTextNode('–');
  const width = 9;
  const height = 30;
  const highest = Math.max(...counts, 1);
  const bars = counts.map((count, index) => {
    const from = index === 0 ? 0 : bounds[index - 1];
    const range = index < bounds.length ? `${duration(from)} – ${duration(bounds[index])}` : `over ${duration(from)}`;
    // An empty bucket keeps a hairline, so that the scale stays readable.
    const size = count === 0 ? 1 : Math.max(3, (count / highest) * height);
    const bar = svg('rect', {
      x: index * (width + 2),
      y: height - size,
      width,
      height: size,
      rx: 1.5,
      class: count === 0 ? 'bar-empty' : 'bar-full',
    });
    bar.append(svg('title', {}, `${range}: ${number(count)}`));
    return bar;
  });
  const total = counts.length * (width + 2) - 2;
  return svg(
    'svg',
    { viewBox: `0 0 ${total} ${height}`, width: total, height, role: 'img', 'aria-label': label, class: 'histogram' },
    ...bars,
  );
}

/** Activity of the last minutes as an area with a line on top. */
export function sparkline(values, label) {
  const width = 300;
  const height = 44;
  const highest = Math.max(...values, 1);
  const step = width / Math.max(values.length - 1, 1);
  const points = values.map((value, index) => [index * step, height - 3 - (value / highest) * (height - 8)]);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return svg(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
      class: 'spark',
    },
    svg('polygon', { points: `0,${height} ${line} ${width},${height}`, class: 'spark-area' }),
    svg('polyline', { points: line, class: 'spark-line' }),
  );
}

/** A share of the largest value, as a bar behind a row. */
export function meter(share, label) {
  const width = Math.max(1, Math.round(Math.min(1, share) * 100));
  return svg(
    'svg',
    { viewBox: '0 0 100 6', preserveAspectRatio: 'none', class: 'meter', role: 'img', 'aria-label': label },
    svg('rect', { width: 100, height: 6, class: 'meter-back' }),
    svg('rect', { width, height: 6, class: 'meter-fill' }),
  );
}
