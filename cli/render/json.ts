/** As it is written to a file, for people and for version control. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
