/** Drawn on 24 by 24, in strokes of the text's colour. */
const PATHS = {
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm5 12 4 4',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  clear: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6M14 11v6',
  help: 'M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.5',
  close: 'M6 6l12 12M18 6L6 18',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  light:
    'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M19 5l-1.400 1.400M6.400 17.600L5 19',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  up: 'M12 19V5M6 11l6-6 6 6',
  add: 'M12 5v14M5 12h14',
} as const;

export type IconName = keyof typeof PATHS;

/** With a label it says what it means, without one it decorates. */
export function Icon({ name, label }: { name: IconName; label?: string }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: a drawing that decorates has no name
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden={label === undefined}>
      {label !== undefined && <title>{label}</title>}
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
