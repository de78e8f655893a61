import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { folderName, machineProcesses, newToken, parseFolderName } from '../../lib/journal/owner.js';

// For machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const { self, verdict } = machineProcesses();
const onLinux = process.platform === 'linux';

describe('folder names', () => {
  it('tell the owner', () => {
    const name = { owner: self, token: newToken() };
    expect(parseFolderName(folderName(name))).toEqual(name);
    const free = { owner: undefined, token: 'abc1' };
    expect(parseFolderName(folderName(free))).toEqual(free);
  });

  it('of others are none', () => {
    for (const name of ['j2.free.abc', 'j1.free.', 'node_modules', 'j1.zz.1.1.1.abc', 'unreadable.abc']) {
      expect(parseFolderName(name)).toBeUndefined();
    }
  });
});

describe('process table', () => {
  it('knows itself as alive', () => {
    expect(self.pid).toBe(process.pid);
    if (onLinux) expect(verdict(self)).toBe('alive');
  });

  it('sees that a process has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(verdict({ ...self, pid: child.pid as number })).toBe('dead');
  });

  it.runIf(onLinux)('sees that a process id belongs to another process now', () => {
    expect(verdict({ ...self, pid: process.ppid, start: '12' })).toBe('dead');
  });

  it.runIf(onLinux)('takes a zombie for dead', async () => {
    // The shell starts a child, tells its id, and becomes something that never reaps it – before the child ends, because
    // a shell that is still one would.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30']);
    const [data] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(data.toString());
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), { timeout: 10_000 }).toContain(') Z ');
    const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] as string;
    expect(verdict({ ...self, pid, start })).toBe('dead');
    parent.kill('SIGKILL');
  });

  it('cannot tell about other machines, and about threads of others', () => {
    expect(verdict({ ...self, machine: 'ffff' })).toBe('unknown');
    if (onLinux) expect(verdict({ ...self, thread: self.thread + 1 })).toBe('unknown');
  });
});
