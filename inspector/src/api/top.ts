/** The elements with the highest numbers, equal ones by name. */
export function topOf<Element>(
  all: readonly Element[],
  most: number,
  numberOf: (element: Element) => number,
  nameOf: (element: Element) => string,
): Element[] {
  const byName = (one: Element, other: Element): number => (nameOf(one) < nameOf(other) ? -1 : 1);
  return [...all].sort((one, other) => numberOf(other) - numberOf(one) || byName(one, other)).slice(0, most);
}
