// Writes docs/configuration.md: every option of every part, as the types of the sources document it.
//
//   node scripts/config-reference.mjs            writes the page
//   node scripts/config-reference.mjs --print    prints it
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'rolldown/utils';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'docs/configuration.md');

/** Options that say nothing of it came with this version. */
const FIRST_VERSION = '0.1.0';

const CLIENT = 'lib/config/options.ts';
const DECORATORS = 'lib/decorators';

/** A part of the page: a heading, what it is for, and the types whose members are its options. */
const PARTS = [
  {
    heading: 'The client',
    intro:
      '`Countly.init(options)`, `new Countly(options)`, `createTestClient(options)`, and, with the exceptions named below, ' +
      '`CountlyModule.forRoot(options)`. `url` and `appKey` are needed, as options or as environment variables. An option goes ' +
      'before its environment variable; an empty variable counts as absent.',
    types: [
      [CLIENT, 'CountlyOptions', 'All'],
      [CLIENT, 'LocationOptions', 'Place of the process’s own device'],
      ['lib/config/limits.ts', 'Limits', 'Limits'],
      [CLIENT, 'DeadLetterOptions', 'In `deadLetter`'],
    ],
  },
  {
    heading: 'NestJS',
    intro:
      '`CountlyModule.forRoot(options)` takes the options of the client, except `name`, `deviceId` and `consent`, and these.',
    types: [
      ['nest/countly.options.ts', 'CountlyModuleOptions', 'All'],
      ['nest/countly.module-definition.ts', 'CountlyModuleExtras', 'Beside the options, also for `forRootAsync`'],
      ['nest/identity/anonymous.ts', 'AnonymousOptions', 'In `anonymous`'],
      ['nest/sessions/sessions.options.ts', 'VisitorSessionOptions', 'In `sessions`'],
      ['nest/carrier/carrier.options.ts', 'CarrierOptions', 'In `carrier`'],
      ['nest/errors/error-policy.ts', 'ErrorReportOptions', 'In `errors`'],
      ['nest/traffic/traffic.options.ts', 'TrafficOptions', 'In `networkTraces` and `views`'],
      ['nest/outgoing/outgoing.options.ts', 'ModuleTraceOptions', 'In `traces`'],
      ['nest/outgoing/outgoing.options.ts', 'OutgoingTraceOptions', 'In `traces.outgoing`'],
      ['nest/instrument/instrument.options.ts', 'InstrumentRule', 'In a rule of `instrument`'],
      ['nest/feature/feature.options.ts', 'CountlyFeatureOptions', '`CountlyModule.forFeature(options)`'],
      ['nest/identity/countly-web.ts', 'CountlyWebOptions', '`fromCountlyWeb(options)`'],
      ['nest/remote-config/remote-value.ts', 'RemoteConfigOptions', '`@RemoteConfig` and `@RequireRemoteConfig`'],
      ['nest/countly.health.ts', 'CountlyHealthOptions', '`CountlyHealthIndicator.isHealthy(key, options)`'],
    ],
  },
  {
    heading: 'Decorators',
    intro:
      'Functions get the [call](decorators.md#options-of-all-recording-decorators). `@ReportErrors` takes the common options ' +
      'and `segmentation`, without `on`; `@EndEvent` those of events without `key` and `rollUp`; `@UserDetails`, `@UserData`, ' +
      '`@EndSession`, `@GiveConsent`, `@WithdrawConsent` and `@Breadcrumb` the common ones.',
    types: [
      [`${DECORATORS}/options.ts`, 'CommonOptions', 'Common'],
      [`${DECORATORS}/options.ts`, 'SegmentedOptions', 'Events, views and errors'],
      [`${DECORATORS}/options.ts`, 'EventDecoratorOptions', '`@TrackEvent`, `@TimedEvent`'],
      [`${DECORATORS}/track-view.ts`, 'TrackViewOptions', '`@TrackView`'],
      [`${DECORATORS}/trace.ts`, 'TraceOptions', '`@Trace`'],
      [`${DECORATORS}/start-event.ts`, 'StartEventOptions', '`@StartEvent`'],
      [`${DECORATORS}/sessions.ts`, 'BeginSessionOptions', '`@BeginSession`'],
      [`${DECORATORS}/change-device-id.ts`, 'ChangeDeviceIdOptions', '`@ChangeDeviceId`'],
      [`${DECORATORS}/conversion.ts`, 'ConversionOptions', '`@Conversion`'],
      [`${DECORATORS}/feedback.ts`, 'FeedbackOptions', '`@Feedback`'],
      [`${DECORATORS}/with-device.ts`, 'WithDeviceOptions', '`@WithDevice`'],
      [`${DECORATORS}/instrument.ts`, 'InstrumentOptions', '`@Instrument`'],
      ['lib/plan/catalogue-types.ts', 'CatalogueOptions', '`defineEvents`, `defineViews`, `defineTraces`'],
    ],
  },
  {
    heading: 'Calls',
    intro: 'What the methods of the client and of a device take.',
    types: [
      ['lib/scope/scope-api.ts', 'EventOptions', '`addEvent`'],
      ['lib/scope/scope-api.ts', 'ViewOptions', '`trackView`, `startView`'],
      ['lib/scope/scope-api.ts', 'CrashOptions', '`logError`'],
      ['lib/scope/scope-api.ts', 'SessionOptions', '`beginSession`'],
      ['lib/scope/scope-api.ts', 'ScopeInit', '`countly.run`, `countly.device`'],
      ['lib/scope/scope-api.ts', 'DeviceLocationOptions', '`setLocation`, and in the scope of a person'],
      ['lib/outbox/flush.ts', 'FlushOptions', '`flush`, `close`'],
      ['lib/features/remote-config.ts', 'RemoteConfigQuery', '`fetchRemoteConfig`'],
    ],
  },
  {
    heading: 'The official names',
    intro:
      'What `countly-weave/compat` takes, as the official Node SDK spells it. Whatever is falsy counts as not given. ' +
      '[Migration](migration.md) maps each to its option of the client.',
    types: [
      ['lib/compat/conf.ts', 'SharedConf', '`Countly.init` and `CountlyBulk`'],
      ['lib/compat/conf.ts', 'CountlyConf', '`Countly.init`'],
      ['lib/compat/conf.ts', 'BulkConf', '`new CountlyBulk`'],
      ['lib/compat/import-queue.ts', 'ImportOptions', '`importQueueFiles`'],
    ],
  },
  {
    heading: 'Adapters',
    intro: 'Entries of their own.',
    types: [
      ['lib/redis/options.ts', 'RedisFleetOptions', '`countly-weave/redis`'],
      ['lib/openfeature/provider-options.ts', 'CountlyProviderOptions', '`countly-weave/openfeature`'],
      ['lib/otel/trace.ts', 'OpenTelemetryOptions', '`countly-weave/otel`'],
      ['lib/typeorm/query-runners.ts', 'TransactionOptions', '`countly-weave/typeorm`'],
      ['lib/nestjs-cls/adapter.ts', 'ClsTransactionOptions', '`countly-weave/nestjs-cls`'],
    ],
  },
  {
    heading: 'The inspector',
    intro: '`startInspector(options)` of `countly-inspector`; its [page](inspector.md) has those of the command.',
    types: [['inspector/src/options.ts', 'InspectorOptions', 'All']],
  },
];

/** How a comment says its unit, and the unit in a table. */
const UNITS = [
  [/\bmilliseconds\b/i, 'ms'],
  [/\bseconds\b/i, 's'],
  [/\bhours\b/i, 'h'],
  [/\bminutes east of UTC\b/i, 'min'],
  [/\b(bytes|MB)\b/i, 'bytes'],
  [/\bcharacters\b/i, 'characters'],
  [/\blines\b/i, 'lines'],
  [/\bshare\b/i, '0 to 1'],
  [/\b(entries|events|requests|devices|device states|values|segments|breadcrumbs)\b/i, (found) => found.toLowerCase()],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = configurationPage();
  if (process.argv.includes('--print')) process.stdout.write(page);
  else writeFileSync(PAGE, page);
}

/** The whole page. */
export function configurationPage() {
  const lines = [
    '# Configuration',
    '',
    'Every option, with its type, default and unit. **Made from the sources** by `npm run docs:config`: change the comment of the',
    'option, not this page. Durations are in the unit that the column says; where Countly or NestJS count in seconds, so do we.',
    'A wrong option is a `CountlyConfigError` that lists all problems at once; in a decorator it is a `CountlyDecoratorError`.',
  ];
  for (const { heading, intro, types } of PARTS) {
    lines.push('', `## ${heading}`, '', intro);
    for (const [file, name, title] of types) {
      lines.push('', `### ${title}`, '', `Type \`${name}\`.`, '', ...tableOf(optionsOf(file, name)));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Names of the types that the page shows. */
export function shownTypes() {
  return PARTS.flatMap(({ types }) => types.map(([, name]) => name));
}

/** The members of an interface: name, type, comment. */
export function optionsOf(file, name) {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const { program, comments } = parseSync(file, source);
  const declaration = program.body
    .map((node) => (node.type === 'ExportNamedDeclaration' ? node.declaration : node))
    .find((node) => node?.type === 'TSInterfaceDeclaration' && node.id.name === name);
  if (declaration === undefined) throw new Error(`${file} has no interface ${name}`);
  let end = declaration.body.start;
  return declaration.body.body.map((member) => {
    const comment = comments.find((one) => one.start >= end && one.end <= member.start && one.value.startsWith('*'));
    end = member.end;
    return { name: member.key.name, type: typeOf(source, member), ...read(comment?.value ?? '') };
  });
}

function typeOf(source, { typeAnnotation, params }) {
  if (params !== undefined) return 'function';
  const { start, end } = typeAnnotation.typeAnnotation;
  return source
    .slice(start, end)
    .replace(/\s+/g, ' ')
    .replace(/ \| undefined$/, '')
    .replace(/^Setting<(.*)>$/, '$1')
    .replace(/FromCall<This, Args, Result, (.*?)>/g, '(call) => $1');
}

/** A comment taken apart: what it says, the default, the unit, the environment variable, the version. */
function read(comment) {
  const text = comment.replace(/^[ \t]*\*+ ?/gm, '').trim();
  const [said = '', ...tags] = ` ${text}`.split(/\s(?=@(?:default|since|deprecated|example|throws)\b)/);
  const tag = (name) =>
    tags
      .find((one) => one.startsWith(`@${name}`))
      ?.slice(name.length + 1)
      .trim();
  const usual = flat(tag('default') ?? '');
  // What the column beside it says.
  const isVariable = /^(environment variable )?`COUNTLY_[A-Z_]+`$/.test(usual);
  const deprecated = tag('deprecated');
  return {
    said: deprecated === undefined ? flat(said) : `${flat(said)} Deprecated: ${flat(deprecated)}.`.trim(),
    usual: isVariable ? '' : shownDefault(usual),
    unit: unitOf(said),
    variable: /\b(?:COUNTLY_[A-Z_]+|https?_proxy)\b/.exec(usual)?.[0] ?? '',
    since: tag('since') ?? FIRST_VERSION,
  };
}

/** Values stand as code, words as they are. */
function shownDefault(usual) {
  return usual.replace(/^(true|false|\d+|'[^']*'|\[\]|\{.*\})(?= |$)/, '`$1`');
}

function unitOf(said) {
  for (const [pattern, unit] of UNITS) {
    const found = pattern.exec(said);
    if (found !== null) return typeof unit === 'string' ? unit : unit(found[0]);
  }
  return '';
}

/** One line of Markdown: lists follow each other, and links of TSDoc are code. */
function flat(text) {
  return text
    .replace(/\{@link (\S+?)\}/g, '`$1`')
    .replaceAll('docs/protocol.md', '[protocol](protocol.md)')
    .replace(/^\s*- /gm, '• ')
    .replace(/\s+/g, ' ')
    .trim();
}

function tableOf(options) {
  const rows = options.map(({ name, type, usual, unit, variable, said, since }) => {
    const isNumber = /\bnumber\b/.test(type) && !/\(/.test(type.split('number')[0]);
    const cells = [
      `\`${name}\`<br>\`${type}\``,
      said,
      usual,
      isNumber ? unit : '',
      variable && `\`${variable}\``,
      since,
    ];
    return `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|') || ' ').join(' | ')} |`;
  });
  return [
    '| option, type | what | default | unit | environment | since |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}
