/** Values a user property may have. */
export type PropertyValue = string | number | boolean;

/** Changes user properties; nothing is sent before `save`. */
export interface CompatUserData {
  set(key: string, value: PropertyValue): void;
  set_once(key: string, value: PropertyValue): void;
  unset(key: string): void;
  increment(key: string): void;
  increment_by(key: string, value: number): void;
  multiply(key: string, value: number): void;
  max(key: string, value: number): void;
  min(key: string, value: number): void;
  push(key: string, value: PropertyValue): void;
  push_unique(key: string, value: PropertyValue): void;
  pull(key: string, value: PropertyValue): void;
  save(): void;
}

/** The part of a client or scope this needs. */
export interface UserDataTarget {
  readonly userData: {
    set(key: string, value: PropertyValue): unknown;
    setOnce(key: string, value: PropertyValue): unknown;
    unset(key: string): unknown;
    increment(key: string): unknown;
    incrementBy(key: string, value: number): unknown;
    multiply(key: string, value: number): unknown;
    max(key: string, value: number): unknown;
    min(key: string, value: number): unknown;
    push(key: string, value: PropertyValue): unknown;
    pushUnique(key: string, value: PropertyValue): unknown;
    pull(key: string, value: PropertyValue): unknown;
    save(): unknown;
  };
}

/** The official names over a client's `userData`. `use` runs the call with the client, now or once there is one. */
export function compatUserData(use: (call: (target: UserDataTarget) => void) => void): CompatUserData {
  return {
    set: (key, value) => use(({ userData }) => userData.set(key, value)),
    set_once: (key, value) => use(({ userData }) => userData.setOnce(key, value)),
    unset: (key) => use(({ userData }) => userData.unset(key)),
    increment: (key) => use(({ userData }) => userData.increment(key)),
    increment_by: (key, value) => use(({ userData }) => userData.incrementBy(key, value)),
    multiply: (key, value) => use(({ userData }) => userData.multiply(key, value)),
    max: (key, value) => use(({ userData }) => userData.max(key, value)),
    min: (key, value) => use(({ userData }) => userData.min(key, value)),
    push: (key, value) => use(({ userData }) => userData.push(key, value)),
    push_unique: (key, value) => use(({ userData }) => userData.pushUnique(key, value)),
    pull: (key, value) => use(({ userData }) => userData.pull(key, value)),
    save: () => use(({ userData }) => userData.save()),
  };
}
