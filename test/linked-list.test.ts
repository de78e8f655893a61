import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Linked, LinkedList } from '../lib/linked-list.js';

class Item implements Linked<Item> {
  list: LinkedList<Item> | undefined;
  previous: Item | undefined;
  next: Item | undefined;

  constructor(readonly name: number) {}
}

function namesIn(list: LinkedList<Item>): number[] {
  const names: number[] = [];
  list.forEach((item) => {
    names.push(item.name);
  });
  return names;
}

describe('a linked list', () => {
  it('has what was added and not taken out, in the order of adding, whatever is taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), (steps) => {
        const items = Array.from({ length: 10 }, (_, name) => new Item(name));
        const list = new LinkedList<Item>();
        let model: number[] = [];
        // Each step adds an item that is not in the list and takes out one that is.
        for (const name of steps) {
          const item = items[name] as Item;
          if (item.list === list) {
            list.remove(item);
            model = model.filter((other) => other !== name);
          } else {
            list.add(item);
            model.push(name);
          }
          expect(namesIn(list)).toEqual(model);
          expect(list.size).toBe(model.length);
          expect(list.first?.name).toBe(model[0]);
        }
      }),
    );
  });

  it('lets a visitor take out what it sees, also to add it again', () => {
    const list = new LinkedList<Item>();
    for (let name = 0; name < 5; name++) list.add(new Item(name));
    const seen: number[] = [];
    list.forEach((item) => {
      seen.push(item.name);
      list.remove(item);
      if (item.name % 2 === 0) list.add(item);
    });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(namesIn(list)).toEqual([0, 2, 4]);
  });
});
