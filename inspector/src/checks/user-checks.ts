import { isObject, type JsonObject, readObject, show } from '../protocol/json.js';
import type { Check, EntrySubject } from './check.js';

const PROPERTY_LIMIT = 20;
const SET_LIMIT = 50;

function operatorsOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value).filter((name) => name.startsWith('$')) : [];
}

function customOf({ entry }: EntrySubject): JsonObject {
  const details = entry.userDetails.state === 'read' ? entry.userDetails.value : undefined;
  return (isObject(details) ? readObject(details['custom']) : undefined) ?? {};
}

export const USER_CHECKS: ReadonlyArray<Check<EntrySubject>> = [
  {
    row: 54,
    find: (subject) => {
      const custom = customOf(subject);
      const messages: string[] = [];
      if (Object.keys(custom).length > 0) {
        const count = Object.keys({ ...subject.customProperties(), ...custom }).length;
        if (count > PROPERTY_LIMIT) messages.push(`the user has more than ${PROPERTY_LIMIT} custom properties`);
      }
      for (const [name, value] of Object.entries(custom)) {
        const lists = Array.isArray(value) ? [value] : Object.values(isObject(value) ? value : {});
        if (lists.some((list) => Array.isArray(list) && list.length > SET_LIMIT)) {
          messages.push(`custom.${name} has more than ${SET_LIMIT} elements`);
        }
      }
      return messages;
    },
  },
  {
    row: 55,
    find: (subject) =>
      Object.entries(customOf(subject))
        .filter(([, value]) => operatorsOf(value).length > 1)
        .map(([name, value]) => `custom.${name} has ${operatorsOf(value).join(' and ')}`),
  },
  {
    row: 56,
    find: ({ entry: { userDetails } }) => {
      if (userDetails.state === 'broken') return `"user_details" is not valid JSON: ${show(userDetails.text)}`;
      if (userDetails.state === 'absent' || !isObject(userDetails.value)) return undefined;
      const { custom: _custom, ...standard } = userDetails.value;
      return Object.entries(standard)
        .filter(([name, value]) => name.startsWith('$') || operatorsOf(value).length > 0)
        .map(([name, value]) => `${name} = ${show(value)} stands outside "custom"`);
    },
  },
];
