/** Values Countly keeps of a segmentation; anything else is turned into text or left out, with one warning. */
export type SegmentValue = string | number | boolean | readonly (string | number | boolean)[] | null | undefined;

/** Flat key–value pairs that an event, view or crash is broken down by. At most 100 keys by default. */
export type Segmentation = Readonly<Record<string, SegmentValue>>;
