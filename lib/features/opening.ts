import { flatText } from '../protocol/json-text.js';
import type { SegmentName } from './segment-names.js';

/**
 * The text in front of a segmentation, with the first segment's name and value: events of one key mostly begin with the
 * same one, so that what is the same is put together once.
 */
export class Opening {
  readonly #before: string;
  #name: SegmentName | undefined;
  #withName = '';
  #nameText = '';
  /** The value that was met last, and the whole text with it once it was met again. */
  #value = '';
  #withValue: string | undefined;

  constructor(before: string) {
    this.#before = before;
  }

  /** Up to the colon before a value that is no text. */
  withName(name: SegmentName): string {
    this.#use(name);
    return this.#withName;
  }

  /** Up to the end of a text without its closing quote. */
  withText(name: SegmentName, value: string): string {
    this.#use(name);
    // Only a value that is remembered already may be kept: it is short and a copy.
    if (value !== name.plain) return this.#nameText + value;
    if (value === this.#value) {
      this.#withValue ??= flatText(this.#nameText, value);
      return this.#withValue;
    }
    this.#value = value;
    this.#withValue = undefined;
    return this.#nameText + value;
  }

  #use(name: SegmentName): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#withName = flatText(this.#before, name.first);
    this.#nameText = flatText(this.#before, name.firstText);
    this.#value = '';
    this.#withValue = undefined;
  }
}
