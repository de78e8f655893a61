/** Segments of a view that the client or the server adds. */
const ADDED = new Set(['name', 'visit', 'start', 'segment', '_idv', 'bounce', 'exit', 'uvc']);

/** What the application itself says of a view. */
export function ownSegments(segmentation: Readonly<Record<string, unknown>> | null): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(segmentation ?? {}).filter(([name]) => !ADDED.has(name)));
}
