/**
 * Builds an element. Text goes in as text only, so nothing a sender wrote can become markup.
 * `properties`: attributes; `class`, `testid` and `on<event>` are understood. Children: nodes, texts, or nothing.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name === 'testid' ? 'data-testid' : name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return append(element, children);
}

/**
 * Brings a container in line with `items` and keeps what did not change, so that focus, selection and opened details
 * survive a refresh.
 */
export function reconcile(container, items, { key, create }) {
  const known = new Map([...container.children].map((child) => [child.dataset.key, child]));
  const next = items.map((item) => {
    const id = String(key(item));
    const signature = JSON.stringify(item);
    const old = known.get(id);
    if (old?.signature === signature) return old;
    const element = create(item);
    element.dataset.key = id;
    element.signature = signature;
    if (old) carryOver(old, element);
    return element;
  });
  const same = next.length === container.children.length && next.every((child, i) => child === container.children[i]);
  if (!same) container.replaceChildren(...next);
}

function carryOver(old, element) {
  const opened = element.matches('details') ? [element] : [...element.querySelectorAll('details')];
  const before = old.matches('details') ? [old] : [...old.querySelectorAll('details')];
  opened.forEach((details, index) => {
    details.open = before[index]?.open ?? details.open;
  });
  if (old.contains(document.activeElement)) queueMicrotask(() => element.querySelector('a,button,summary')?.focus());
}
