// Somebody else has loaded the class-transformer in node_modules, as Nest's ValidationPipe does.
import { recorded } from './app.js';

// Bundlers follow an import of `node:module`.
const { createRequire } = process.getBuiltinModule('node:module');
createRequire(`${process.cwd()}/package.json`)('class-transformer');
void recorded().then((outcome) => process.stdout.write(JSON.stringify(outcome)));
