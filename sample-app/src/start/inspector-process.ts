import { startInspector } from 'countly-inspector';

const port = Number(process.env['INSPECTOR_PORT'] ?? 6010);
const database = process.env['INSPECTOR_DATABASE'] ?? ':memory:';

// Ctrl-C reaches every process of the terminal. The shop still has something to deliver then, so this one goes on until
// it is asked by SIGTERM.
process.on('SIGINT', () => undefined);

try {
  const inspector = await startInspector({
    port,
    database,
    onWarning: (message) => process.stderr.write(`${message}\n`),
  });
  process.once('SIGTERM', () => void inspector.close().then(() => process.exit(0)));
  process.stdout.write(`Inspector listens on ${inspector.url}\n`);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(
    code === 'EADDRINUSE'
      ? `Port ${port} is already taken. Choose another one for the inspector: INSPECTOR_PORT=${port + 1} (0 takes any free one).\n`
      : `${message}\n`,
  );
  process.exitCode = 1;
}
