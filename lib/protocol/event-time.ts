import { flatText } from './json-text.js';
import { localTime } from './timestamp.js';

const MINUTE = 60_000;

/**
 * When an event happened, as the members that end it: `,"timestamp":…,"hour":…,"dow":…}`. Events of one moment share
 * them, and those of one hour the latter two.
 */
export class EventTime {
  #at = Number.NaN;
  #tz = Number.NaN;
  #text = '';
  #hours = Number.NaN;
  #hourText = '';

  /** Local hours since the epoch at the time that was asked for last. */
  get hours(): number {
    return this.#hours;
  }

  /** @param tz minutes east of UTC */
  text(at: number, tz: number): string {
    if (at === this.#at && tz === this.#tz) return this.#text;
    const hours = Math.floor((at / MINUTE + tz) / 60);
    if (hours !== this.#hours) {
      const { hour, dow } = localTime(at, tz);
      this.#hours = hours;
      this.#hourText = flatText(',"hour":', String(hour), ',"dow":', String(dow), '}');
    }
    this.#at = at;
    this.#tz = tz;
    this.#text = `,"timestamp":${at}${this.#hourText}`;
    // Reading it at a position makes V8 put it in one piece.
    this.#text.charCodeAt(0);
    return this.#text;
  }
}
