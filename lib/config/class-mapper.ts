/** Makes an instance of a class out of plain values. */
export type ClassMapper = <T extends object>(type: new () => T, values: Readonly<Record<string, unknown>>) => T;

let current: ClassMapper = (type, values) => Object.assign(new type(), values);

/** Lets a mapper take over that knows the decorators on the class; without one, values are assigned as they are. */
export function useClassMapper(mapper: ClassMapper): void {
  current = mapper;
}

/** Makes an instance with the mapper in use. */
export const mapToClass: ClassMapper = (type, values) => current(type, values);
