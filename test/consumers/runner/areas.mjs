// What is checked, and on which installation. A new area is one line here and a line in README.md.
import { BUNDLERS, checkBundlers, checkRuntimes, RUNTIMES } from './everywhere-checks.mjs';
import { checkExamples } from './example-checks.mjs';
import { checkLanguages, LANGUAGES } from './language-checks.mjs';
import { checkNest } from './nest-checks.mjs';
import { checkNestCli, NEST_CLI } from './nest-cli-checks.mjs';
import { NEST_MAJORS } from './nest-majors.mjs';
import { checkProductionInstall, checkTarball, checkWithTools, TOOLS } from './package-checks.mjs';
import { checkPlainApps } from './plain-checks.mjs';
import { checkRules, RULES } from './rules-checks.mjs';
import { checkStrict, PACKAGE_MANAGERS } from './strict-checks.mjs';
import { checkJest, checkNodeTest, checkVitest, JEST, VITEST } from './test-runner-checks.mjs';
import { checkTypes } from './type-checks.mjs';

const ESM = { type: 'module' };

/** Beside `dependencies` each holds the package itself, unless it is `bare`, and the packed inspector where that is asked for. Areas that name the same one share it. */
export const INSTALLATIONS = {
  production: { dependencies: {}, flags: ['--omit=dev', '--omit=optional'] },
  ...Object.fromEntries(
    Object.entries(NEST_MAJORS).map(([nest, { dependencies }]) => [`nest-${nest}`, { dependencies }]),
  ),
  'nest-cli': { dependencies: NEST_CLI },
  languages: { dependencies: LANGUAGES },
  jest: { dependencies: JEST },
  vitest: { dependencies: VITEST, inspector: true, packageJson: ESM },
  rules: { dependencies: RULES, packageJson: ESM },
  runtimes: { dependencies: RUNTIMES, packageJson: ESM },
  bundlers: { dependencies: BUNDLERS, packageJson: ESM },
  tools: { dependencies: TOOLS, bare: true },
  managers: { dependencies: PACKAGE_MANAGERS, bare: true },
};

/**
 * `nodes`: under which Nodes, of those asked for; test runners and loaders bring their own way to load modules, so the lines
 * between the oldest and the newest tell nothing new of them. `check(report, context)` gets
 * `{ root, installation, inspector, packed, nodes, nest }`.
 */
export const AREAS = [
  ...Object.keys(NEST_MAJORS).map((nest) => ({
    area: 'nest',
    nest,
    installation: `nest-${nest}`,
    nodes: 'all',
    check: checkNest,
  })),
  ...Object.keys(NEST_MAJORS).map((nest) => ({
    area: 'types',
    nest,
    installation: `nest-${nest}`,
    check: checkTypes,
  })),
  { area: 'nest-cli', installation: 'nest-cli', nodes: 'ends', check: checkNestCli },
  { area: 'package', installation: 'production', check: checkProductionInstall },
  { area: 'package', installation: 'production', check: checkTarball },
  { area: 'package', installation: 'tools', check: checkWithTools },
  { area: 'plain', installation: 'production', nodes: 'all', check: checkPlainApps },
  { area: 'node-test', installation: 'production', nodes: 'ends', check: checkNodeTest },
  { area: 'jest', installation: 'jest', nodes: 'ends', check: checkJest },
  { area: 'vitest', installation: 'vitest', nodes: 'ends', check: checkVitest },
  { area: 'languages', installation: 'languages', nodes: 'ends', check: checkLanguages },
  { area: 'runtimes', installation: 'runtimes', nodes: 'ends', check: checkRuntimes },
  { area: 'bundlers', installation: 'bundlers', nodes: 'ends', check: checkBundlers },
  { area: 'rules', installation: 'rules', check: checkRules },
  { area: 'strict', installation: 'managers', check: checkStrict },
  // They install what their own manifests say.
  { area: 'examples', check: checkExamples },
];
