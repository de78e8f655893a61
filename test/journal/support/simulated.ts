import { JournalStorage } from '../../../lib/journal/journal.js';
import type { Recovered, Room } from '../../../lib/journal/storage.js';
import { ManualClock } from '../../../lib/testing/manual-clock.js';
import { Listener, PLENTY, START } from './entries.js';
import { FakeMachine } from './fake-lease.js';
import { SimulatedDisk } from './simulated-disk.js';

export interface Started {
  readonly storage: JournalStorage;
  readonly listener: Listener;
  readonly mount: ReturnType<SimulatedDisk['mount']>;
  /** Ends the process; of a write that waits so many bytes still reach the disk. */
  readonly kill: (bytes?: number) => void;
}

/** Processes with a journal on one simulated disk. */
export function simulated(options: { segmentBytes?: number; sync?: boolean; slowDisk?: boolean } = {}) {
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START);
  const home = new FakeMachine();
  const start = ({ machine = home, open = true } = {}): Started => {
    const mount = disk.mount(() => clock.now());
    const lease = machine.start(mount);
    const storage = new JournalStorage({ path: '/state', clock, fs: mount, lease, ...options });
    const listener = new Listener();
    if (open) storage.open(listener);
    const kill = (bytes = 0): void => {
      mount.crash(bytes);
      machine.kill(lease);
    };
    return { storage, listener, mount, kill };
  };
  /** What a process that starts now is handed out. */
  const recover = async (room: Room = PLENTY): Promise<Recovered> => start().storage.recover(room);
  /** Time goes on, and what it starts gets the turns of the event loop it needs. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.advance(Math.min(left, 1_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { disk, clock, start, recover, pass };
}
