// Bytes that the process hands to the file system. Counted at Node's own calls, because the counters of the operating
// system either include sockets or count whole pages. To be imported before the client.
import { createRequire } from 'node:module';

const fs = createRequire(import.meta.url)('node:fs');
let bytes = 0;

const sizeOf = (data) => (typeof data === 'string' ? Buffer.byteLength(data) : (data?.byteLength ?? 0));

// `fs.writeFile` ends in `fs.write`; the synchronous ones with a text do not.
const { write, writeSync, writev, writevSync, writeFileSync, appendFileSync } = fs;
fs.write = (file, data, ...rest) => {
  bytes += typeof data === 'string' || typeof rest[1] !== 'number' ? sizeOf(data) : rest[1];
  return write(file, data, ...rest);
};
fs.writeSync = (file, data, ...rest) => {
  bytes += typeof data === 'string' || typeof rest[1] !== 'number' ? sizeOf(data) : rest[1];
  return writeSync(file, data, ...rest);
};
fs.writev = (file, buffers, ...rest) => {
  for (const buffer of buffers) bytes += buffer.byteLength;
  return writev(file, buffers, ...rest);
};
fs.writevSync = (file, buffers, ...rest) => {
  for (const buffer of buffers) bytes += buffer.byteLength;
  return writevSync(file, buffers, ...rest);
};
fs.writeFileSync = (file, data, ...rest) => {
  if (typeof data === 'string') bytes += sizeOf(data);
  return writeFileSync(file, data, ...rest);
};
fs.appendFileSync = (file, data, ...rest) => {
  if (typeof data === 'string') bytes += sizeOf(data);
  return appendFileSync(file, data, ...rest);
};
for (const name of ['writeFile', 'appendFile']) {
  const original = fs.promises[name];
  fs.promises[name] = (file, data, ...rest) => {
    bytes += sizeOf(data);
    return original(file, data, ...rest);
  };
}

export const diskBytes = () => bytes;
