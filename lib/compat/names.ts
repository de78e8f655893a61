import { textFrom } from '../check.js';
import { truncate } from '../config/limits.js';

/** The official SDK takes numbers as names of events and views. */
export function nameFrom(name: string): string {
  return textFrom(name) ?? name;
}

/** As official, a long id is cut: refused, what follows would be the person's before. */
export function idFrom(id: string, longest: number): string {
  return typeof id === 'string' ? truncate(id, longest) : id;
}
