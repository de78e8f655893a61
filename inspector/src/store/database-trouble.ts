/** What SQLite's error code means to the person at the terminal; `undefined` for errors of the program itself. */
export function databaseTrouble(error: unknown): string | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  switch (typeof code === 'string' ? code.replace(/^(SQLITE_[A-Z]+)_.*$/, '$1') : '') {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return 'another program has locked the database file';
    case 'SQLITE_FULL':
      return 'no space is left on the disk for the database file';
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
      return 'the database file must not be written';
    case 'SQLITE_IOERR':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return `the database file cannot be used: ${String(message)}`;
    default:
      return undefined;
  }
}
