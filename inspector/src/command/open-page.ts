import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens the page in the browser of `BROWSER`, else of the desktop. Where there is none, it says so. */
export function openPage(url: string): void {
  const [name, ...args] = process.env['BROWSER']
    ? [process.env['BROWSER']]
    : (OPENERS[process.platform] ?? ['xdg-open']);
  const child = spawn(name, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => console.error(`countly-inspector: no browser could be opened; open ${url} yourself.`));
  child.unref();
}
