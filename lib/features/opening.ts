import { flatText } from '../protocol/json-text.js';
import type { SegmentName } from './segment-names.js';

/** Longer than this it is hardly the beginning of many events, and what is kept for each key has to have an end. */
const LONGEST = 300;

/**
 * The text in front of a segmentation, with as much of the segmentation as events of one key have in common: most begin
 * with the same names and values. It is put together once, and where it is kept or written for many events, once as well.
 */
export class Opening {
  readonly text: string;
  /** The text that the last {@link openedText} from here on went on from. */
  reached = '';
  /** Whether it ends with a text whose closing quote is missing. */
  readonly #inText: boolean;
  #name: SegmentName | undefined;
  #toName: string | undefined;
  #toText: string | undefined;
  /** The value that was met last, and what goes on from it once it was met again. */
  #value = '';
  #further: Opening | undefined;

  constructor(text: string, inText = false) {
    this.text = text;
    this.#inText = inText;
  }

  /** Up to the colon before a value that is no text. */
  upTo(name: SegmentName): string {
    this.#use(name);
    this.#toName ??= flatText(this.text, this.#inText ? name.afterText : name.first);
    return this.#toName;
  }

  /** Up to the opening quote of a text. */
  upToText(name: SegmentName): string {
    this.#use(name);
    this.#toText ??= flatText(this.text, this.#inText ? name.textAfterText : name.firstText);
    return this.#toText;
  }

  /** Up to the end of a text without its closing quote; undefined while it is not the one that was met last. */
  withText(name: SegmentName, value: string): Opening | undefined {
    this.#use(name);
    // Only a value that is remembered already may be kept: it is short and a copy.
    if (value !== name.plain || this.text.length > LONGEST) return undefined;
    if (value !== this.#value) {
      this.#value = value;
      this.#further = undefined;
      return undefined;
    }
    this.#further ??= new Opening(flatText(this.upToText(name), value), true);
    return this.#further;
  }

  #use(name: SegmentName): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#toName = undefined;
    this.#toText = undefined;
    this.#value = '';
    this.#further = undefined;
  }
}
