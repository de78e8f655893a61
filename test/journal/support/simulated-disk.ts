import { dirname } from 'node:path';
import type { JournalFs, Look } from '../../../lib/journal/journal-fs.js';

interface SimulatedFile {
  bytes: Buffer;
  touched: number;
}

interface HeldWrite {
  readonly process: SimulatedMount;
  readonly run: (limit?: number) => void;
}

function systemError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: simulated, open '${path}'`), { code });
}

/** A disk in memory, shared by simulated processes. It can be full, read-only, or slow; and a process can be cut off. */
export class SimulatedDisk {
  readonly files = new Map<string, SimulatedFile>();
  /** Folders and their times of last change. */
  readonly folders = new Map<string, number>([['/', 0]]);
  /** Folders that belong to somebody else, or are open to all. */
  readonly foreign = new Set<string>();
  readonly held: HeldWrite[] = [];
  /** The error code every change meets while set. */
  broken: string | undefined;
  /** Bytes that still fit. */
  free = Number.POSITIVE_INFINITY;

  mount(now: () => number): SimulatedMount {
    return new SimulatedMount(this, now);
  }

  /** Names below a folder, at any depth. */
  below(folder: string): string[] {
    return [...this.files.keys(), ...this.folders.keys()].filter((it) => it.startsWith(`${folder}/`)).sort();
  }

  segments(): string[] {
    return [...this.files.keys()].filter((it) => it.endsWith('.seg')).sort();
  }
}

/** What one process sees of the disk. */
export class SimulatedMount implements JournalFs {
  /** Background writes wait for {@link release}. */
  hold = false;
  /** Bytes that still reach the disk; in the write that has more of them the process dies. */
  lasts = Number.POSITIVE_INFINITY;
  writes = 0;
  readonly #disk: SimulatedDisk;
  readonly #now: () => number;
  readonly #open = new Map<number, { file: SimulatedFile; path: string }>();
  #dead = false;

  constructor(disk: SimulatedDisk, now: () => number) {
    this.#disk = disk;
    this.#now = now;
  }

  /** Lets background writes happen. */
  release(): void {
    for (const held of this.#disk.held.splice(0)) held.run();
  }

  /** The process dies: of each background write at most `bytes` bytes reach the disk, and nothing after it. */
  crash(bytes: number): void {
    for (const held of this.#disk.held.splice(0)) {
      if (held.process === this) held.run(bytes);
      else this.#disk.held.push(held);
    }
    this.#dead = true;
  }

  createFolder(path: string): void {
    this.#change(path);
    for (let it = path; !this.#disk.folders.has(it); it = dirname(it)) this.#disk.folders.set(it, this.#now());
  }

  createFile(path: string): number {
    this.#change(path);
    if (!this.#disk.folders.has(dirname(path))) throw systemError('ENOENT', path);
    if (this.#disk.files.has(path)) throw systemError('EEXIST', path);
    const file = { bytes: Buffer.alloc(0), touched: this.#now() };
    this.#disk.files.set(path, file);
    return this.#descriptor(file, path);
  }

  openFile(path: string, size: number): number {
    this.#change(path);
    const file = this.#disk.files.get(path);
    if (!file) throw systemError('ENOENT', path);
    // As the system does it: what is cut off is free again, and what is missing is filled up.
    this.#disk.free += Math.max(0, file.bytes.length - size);
    file.bytes = Buffer.concat([file.bytes.subarray(0, size), Buffer.alloc(Math.max(0, size - file.bytes.length))]);
    return this.#descriptor(file, path);
  }

  write(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const run = (limit = length): void => {
        try {
          // A system reads the bytes when it writes, not when it is asked to.
          resolve(this.writeSync(descriptor, bytes, offset, Math.min(limit, length), position));
        } catch (error) {
          reject(error as Error);
        }
      };
      if (this.hold) this.#disk.held.push({ process: this, run });
      else setImmediate(run);
    });
  }

  writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    const open = this.#open.get(descriptor);
    if (!open) throw systemError('EBADF', String(descriptor));
    this.#change(open.path);
    this.writes++;
    const fits = Math.min(length, this.#disk.free, this.lasts);
    if (this.#disk.free === 0 && length > 0) throw systemError('ENOSPC', open.path);
    const { file } = open;
    const end = position + fits;
    const before = file.bytes.length;
    if (before < end) file.bytes = Buffer.concat([file.bytes, Buffer.alloc(end - before)]);
    this.#disk.free -= Math.max(0, end - before);
    file.bytes.set(bytes.subarray(offset, offset + fits), position);
    this.lasts -= fits;
    if (fits < length && this.lasts === 0) this.crash(0);
    this.#alive(open.path);
    return fits;
  }

  closeFile(descriptor: number): void {
    this.#open.delete(descriptor);
  }

  async list(path: string): Promise<string[]> {
    this.#alive(path);
    if (!this.#disk.folders.has(path)) throw systemError('ENOENT', path);
    const all = [...this.#disk.files.keys(), ...this.#disk.folders.keys()];
    return all.filter((it) => dirname(it) === path && it !== path).map((it) => it.slice(path.length + 1));
  }

  async read(path: string): Promise<Buffer> {
    this.#alive(path);
    const file = this.#disk.files.get(path);
    if (!file) throw systemError('ENOENT', path);
    return Buffer.from(file.bytes);
  }

  async move(from: string, to: string): Promise<void> {
    this.#change(from);
    if (!this.#disk.folders.has(from)) throw systemError('ENOENT', from);
    for (const map of [this.#disk.files, this.#disk.folders] as Map<string, unknown>[]) {
      for (const [path, value] of [...map]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        map.delete(path);
        map.set(to + path.slice(from.length), value);
      }
    }
  }

  async remove(path: string): Promise<void> {
    this.#change(path);
    for (const map of [this.#disk.files, this.#disk.folders] as Map<string, unknown>[]) {
      for (const it of [...map.keys()]) if (it === path || it.startsWith(`${path}/`)) map.delete(it);
    }
  }

  async touch(path: string, milliseconds: number): Promise<void> {
    this.#change(path);
    const file = this.#disk.files.get(path);
    if (file) file.touched = milliseconds;
    else if (this.#disk.folders.has(path)) this.#disk.folders.set(path, milliseconds);
    else throw systemError('ENOENT', path);
  }

  async look(path: string): Promise<Look> {
    this.#alive(path);
    const folder = this.#disk.folders.get(path);
    const touched = folder ?? this.#disk.files.get(path)?.touched;
    if (touched === undefined) throw systemError('ENOENT', path);
    return { touched, folder: folder !== undefined, ours: !this.#disk.foreign.has(path) };
  }

  exists(path: string): boolean {
    return this.#dead || this.#disk.files.has(path) || this.#disk.folders.has(path);
  }

  has(path: string): boolean {
    return this.#disk.files.has(path);
  }

  /** Sets the time of a file to now. */
  renew(path: string): void {
    this.#change(path);
    const file = this.#disk.files.get(path);
    if (!file) throw systemError('ENOENT', path);
    file.touched = this.#now();
  }

  delete(path: string): void {
    this.#change(path);
    this.#disk.files.delete(path);
  }

  #descriptor(file: SimulatedFile, path: string): number {
    // The lowest free number, as the system does it: a stale descriptor then hits another file.
    let descriptor = 3;
    while (this.#open.has(descriptor)) descriptor++;
    this.#open.set(descriptor, { file, path });
    return descriptor;
  }

  #change(path: string): void {
    this.#alive(path);
    if (this.#disk.broken) throw systemError(this.#disk.broken, path);
  }

  #alive(path: string): void {
    if (this.#dead) throw systemError('EIO', path);
  }
}
