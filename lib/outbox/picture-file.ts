import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FilePart } from '../protocol/encode.js';

/** Many a proxy in front of a server takes no more (docs/protocol.md §1.4), and base64 adds a third. */
const LARGEST = 5 * 1024 * 1024;

/** How a picture begins, whatever its name says. */
const BEGINNINGS: readonly (readonly [type: string, beginning: string])[] = [
  ['image/png', '89504e470d0a1a0a'],
  ['image/jpeg', 'ffd8ff'],
  ['image/gif', '474946383761'],
  ['image/gif', '474946383961'],
];

/** A picture, or why it cannot be sent. Its path is the caller's own, so the reason does not name it. */
export async function readPicture(path: string): Promise<FilePart | string> {
  try {
    // Looked at before it is opened, which can do something to a device; and again after, for it may be another one by then.
    if (!(await stat(path)).isFile()) return 'setUserPicture: the picture is no regular file';
    // Without `O_NONBLOCK` opening a pipe waits for somebody who writes.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return await partOf(file, basename(path));
    } finally {
      await file.close();
    }
  } catch (error) {
    return `setUserPicture: the picture cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
  }
}

async function partOf(file: FileHandle, name: string): Promise<FilePart | string> {
  if (!(await file.stat()).isFile()) return 'setUserPicture: the picture is no regular file';
  const content = await contentOf(file);
  if (content.length > LARGEST) return `setUserPicture: the picture has more than ${LARGEST} bytes`;
  const start = content.toString('hex', 0, 8);
  const type = BEGINNINGS.find(([, beginning]) => start.startsWith(beginning))?.[0];
  if (type === undefined) return 'setUserPicture: the file is no PNG, JPEG or GIF picture';
  return { field: 'user_picture', name, type, content };
}

/** Not more than one byte too much, whatever size the file says it has. */
async function contentOf(file: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let size = 0; size <= LARGEST; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(65_536));
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return Buffer.concat(chunks);
}
