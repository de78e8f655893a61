/** One rule of a contract, for any test runner: `test(name, run)`. `run` rejects when the rule is broken. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}
