import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { compact, time } from '../lib/format.js';
import { colorOf, painted } from '../lib/theme.js';

export interface Series {
  readonly label: string;
  /** One for each time; `null` is a gap. */
  readonly values: readonly (number | null)[];
  /** Token of its colour. */
  readonly color: string;
  /** `dots` marks what is rare, where it happened; a line along the bottom would say nothing. */
  readonly shape?: 'bars' | 'line' | 'dots';
}

export interface ChartProps {
  /** What it shows, in words, for who does not see it. */
  readonly label: string;
  /** In milliseconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly height?: number;
  /** How a value is written. */
  format?(value: number): string;
}

const MIN_WIDTH = 120;

/** Values over time with axes, and the values of the moment below the pointer. */
export function Chart({ label, times, series, height = 170, format = compact }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = dataOf(times, series);
  const latest = useRef(data);
  latest.current = data;
  const look = JSON.stringify([painted.value, height, series.map((one) => [one.label, one.color, one.shape])]);
  // A plot is made anew when its look changes; data is set below
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const width = (): number => Math.max(MIN_WIDTH, element.clientWidth);
    const made = new uPlot(optionsOf({ width: width(), height, series, format }), latest.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (made.width !== width()) made.setSize({ width: width(), height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [look]);
  useEffect(() => {
    plot.current?.setData(latest.current);
  });
  return <div ref={host} class="chart" role="img" aria-label={label} style={{ minHeight: `${height}px` }} />;
}

function dataOf(times: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  return [
    times.map((at) => at / 1000),
    ...series.map(({ values, shape }) => (shape === 'dots' ? values.map((value) => value || null) : [...values])),
  ];
}

function optionsOf(about: {
  width: number;
  height: number;
  series: readonly Series[];
  format(value: number): string;
}): uPlot.Options {
  const { width, height, series, format } = about;
  const faint = colorOf('soft');
  const grid = { stroke: colorOf('line'), width: 1 };
  const axis = { stroke: faint, grid, ticks: { ...grid, size: 4 }, font: '11px system-ui, sans-serif', gap: 4 };
  return {
    width,
    height,
    padding: [8, 26, 0, 0],
    cursor: { points: { size: 6 }, drag: { x: false, y: false }, y: false },
    legend: { live: true },
    scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.12 : 1] } },
    axes: [
      { ...axis, size: 26, space: 70, values: (_plot, splits) => splits.map((at) => shortTime(at, splits)) },
      { ...axis, size: 54, space: 34, values: (_plot, splits) => splits.map((n) => format(n)) },
    ],
    series: [
      { label: 'Time', value: (_plot, at) => (at === null || at === undefined ? '–' : time(at * 1000)) },
      ...series.map((one) => seriesOf(one, format)),
    ],
  };
}

/** Seconds only where they tell the labels apart. */
function shortTime(at: number, splits: readonly number[]): string {
  const text = time(at * 1000).slice(-8);
  return splits.every((one) => one % 60 === 0) ? text.slice(0, 5) : text;
}

function seriesOf({ label, color, shape = 'line' }: Series, format: (value: number) => string): uPlot.Series {
  const stroke = colorOf(color);
  const bars = uPlot.paths.bars?.({ size: [0.8, 40], radius: 0.2 });
  return {
    label,
    stroke,
    width: shape === 'line' ? 2 : 0,
    fill: shape === 'bars' ? stroke : undefined,
    ...(shape === 'bars' && bars !== undefined ? { paths: bars } : {}),
    points: { show: shape === 'dots', size: 8, fill: stroke },
    spanGaps: true,
    value: (_plot, n) => (n === null || n === undefined ? '–' : format(n)),
  } as uPlot.Series;
}
