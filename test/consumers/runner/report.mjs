const write = (line) => process.stdout.write(`${line}\n`);
const MAX_DETAIL = 4000;

/** One line for each combination, and the counts for the closing line. */
export class Report {
  #passed = 0;
  #failures = [];
  #notes = [];

  /** Runs one check; a text it returns is printed behind its name. Never throws: the rest of the matrix has to run. */
  async check(name, work) {
    try {
      const remark = await work();
      this.#passed += 1;
      write(`ok    ${name}${typeof remark === 'string' ? ` – ${remark}` : ''}`);
    } catch (error) {
      this.#failures.push(name);
      const detail = String(error?.message ?? error).slice(0, MAX_DETAIL);
      write(`FAIL  ${name}\n      ${detail.replaceAll('\n', '\n      ')}`);
    }
  }

  /** Something worth knowing that is neither right nor wrong. */
  note(text) {
    this.#notes.push(text);
  }

  /** Prints notes, failures and the closing line; gives the exit code. Nothing counted is a failure, not a success. */
  close() {
    for (const note of this.#notes) write(`note  ${note}`);
    for (const name of this.#failures) write(`failed: ${name}`);
    // Whatever was asked for and could not be run is among the failed.
    write(`${this.#passed} passed, ${this.#failures.length} failed, 0 skipped`);
    return this.#failures.length === 0 && this.#passed > 0 ? 0 : 1;
  }
}
