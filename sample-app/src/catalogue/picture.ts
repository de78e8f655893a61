import { Html, html } from '../pages/html.js';
import type { Category, Product } from './product.js';

/** Line drawings, one a category: a shop without photographs, and without fonts that may be missing. */
const DRAWINGS: Readonly<Record<Category, string>> = {
  lamps: 'M24 6v6m-9 22 4-16h10l4 16Zm3 6h12m-9-6v6',
  textiles: 'M8 12h32v24H8Zm0 8h32m-32 8h32M16 12v24m8-24v24m8-24v24',
  kitchen: 'M10 16h22v14a8 8 0 0 1-8 8h-6a8 8 0 0 1-8-8Zm22 3h4a4 4 0 0 1 0 10h-4M16 6v5m6-5v5m6-5v5',
  desk: 'm12 36 3-9L33 9l6 6-18 18Zm16-22 6 6M15 27l6 6',
};

const HUES: Readonly<Record<Category, number>> = { lamps: 42, textiles: 340, kitchen: 165, desk: 215 };

/** A picture in the colours of the product's category, each product in a shade of its own. */
export function picture({ id, category, name }: Product, size: 'small' | 'large' = 'small'): Html {
  const hue = HUES[category] + (id.length % 5) * 6;
  const drawing = new Html(`<path d="${DRAWINGS[category]}"/>`);
  return html`<div class="picture ${size}" style="background:hsl(${hue} 40% 92%);color:hsl(${hue} 45% 32%)">
  <svg viewBox="0 0 48 48" role="img" aria-label="${name}">${drawing}</svg></div>`;
}
