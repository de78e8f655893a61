import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { ROOT } from './pages.js';

const DIST = join(ROOT, 'dist');

type Program = ReturnType<typeof parseSync>['program'];
type Statement = Program['body'][number];
interface Part {
  readonly start: number;
  readonly end: number;
}

/** One public name, or a member of one: `DeviceScope.addEvent`. */
export interface PublicName {
  readonly name: string;
  /** What an editor shows for it; empty where it says nothing. */
  readonly comment: string;
}

/** Every name that an entry of the package offers, with the members that users can call, read or give. */
export function publicNames(): PublicName[] {
  const files = readdirSync(DIST).filter((file) => file.endsWith('.d.ts'));
  const texts = new Map(files.map((file) => [file, readFileSync(join(DIST, file), 'utf8')]));
  const offered = new Set<string>();
  for (const [file, text] of texts) if (file !== 'core.d.ts') for (const name of exportsOf(text)) offered.add(name);
  // What a public class inherits is public as well.
  for (const [, text] of texts) {
    for (const [, name = '', parent = ''] of text.matchAll(/class (\w+)[^{\n]* extends (\w+)/g)) {
      if (offered.has(name)) offered.add(parent);
    }
  }
  return [...texts].flatMap(([, text]) => namesIn(text, offered));
}

/** The names of one file of declarations that are offered to users, each with what is said of it. */
export function namesIn(text: string, offered: ReadonlySet<string>): PublicName[] {
  const { program, comments } = parseSync('some.d.ts', text);
  const blocks = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  /** The comment that stands directly before a part, but for blanks. */
  const before = ({ start }: Part) => {
    const found = blocks.findLast(({ end }) => end <= start);
    return found !== undefined && text.slice(found.end, start).trim() === '' ? found.value : '';
  };
  const names = new Map<string, string>();
  const note = (name: string, part: Part) => {
    const said = before(part);
    // Overloads, and values that share their name with a type: one of them says it.
    names.set(name, names.get(name) || said);
  };
  for (const statement of program.body) {
    const declared = declarationOf(statement);
    for (const { name, part, members } of declared) {
      if (!offered.has(name)) continue;
      note(name, part);
      for (const member of members) note(`${name}.${member.name}`, member.part);
    }
  }
  return [...names].map(([name, comment]) => ({ name, comment }));
}

function exportsOf(text: string): string[] {
  const { program } = parseSync('some.d.ts', text);
  // An entry that is one object lists its types in a namespace.
  const inNamespace = [...text.matchAll(/^ {2}export type (\w+) = /gm)].map(([, name = '']) => name);
  const listed = program.body.flatMap((node) =>
    node.type === 'ExportNamedDeclaration'
      ? node.specifiers.map(({ local }) => ('name' in local ? local.name : local.value))
      : [],
  );
  return [...inNamespace, ...listed];
}

interface Declared {
  readonly name: string;
  readonly part: Part;
  readonly members: { readonly name: string; readonly part: Part }[];
}

function declarationOf(statement: Statement): Declared[] {
  const node = statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement;
  switch (node.type) {
    case 'TSInterfaceDeclaration':
    case 'ClassDeclaration':
      return node.id === null ? [] : [{ name: node.id.name, part: statement, members: membersOf(node.body.body) }];
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'TSTypeAliasDeclaration':
      return node.id === null ? [] : [{ name: node.id.name, part: statement, members: [] }];
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id }) =>
        'name' in id ? [{ name: id.name, part: statement, members: [] }] : [],
      );
    default:
      return [];
  }
}

/** Members with a name that a user may write; what is private, or made by the compiler, is none. */
function membersOf(body: readonly Part[]): Declared['members'] {
  return body.flatMap((part) => {
    const { key, accessibility } = part as { key?: { type: string; name?: string }; accessibility?: string | null };
    const isPublic = accessibility !== 'private' && key?.type === 'Identifier' && key.name !== 'constructor';
    return isPublic && key.name !== undefined ? [{ name: key.name, part }] : [];
  });
}
