import { parseSync, Visitor } from 'rolldown/utils';

interface Part {
  readonly start: number;
  readonly end: number;
}
type Program = ReturnType<typeof parseSync>['program'];

/** The declarations of a file without comments and private members, sorted: only what a user can see changes the text. */
export function apiText(file: string, source: string): string {
  const { program, comments, errors } = parseSync(file, source);
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`);
  const hidden = [...comments, ...privateMembers(program)].sort((a, b) => a.start - b.start);
  const statements = program.body.flatMap((node) => statementsOf(node, (part) => visible(source, part, hidden)));
  return `${statements.sort().join('\n')}\n`;
}

/** Lists of names become one statement a name. */
function statementsOf(node: Program['body'][number], textOf: (part: Part) => string): string[] {
  if (node.type === 'ImportDeclaration') {
    return node.specifiers.map((name) => `import ${textOf(name)} from ${node.source.value}`);
  }
  if (node.type === 'ExportNamedDeclaration' && node.declaration === null) {
    return node.specifiers.map((name) => `export ${textOf(name)}`);
  }
  return [textOf(node)];
}

function privateMembers(program: Program): Part[] {
  const found: Part[] = [];
  const collect = (node: Part & { accessibility?: string | null | undefined; key: { type: string } }) => {
    if (node.accessibility === 'private' || node.key.type === 'PrivateIdentifier') found.push(node);
  };
  new Visitor({ PropertyDefinition: collect, MethodDefinition: collect }).visit(program);
  return found;
}

function visible(source: string, { start, end }: Part, hidden: readonly Part[]): string {
  let text = '';
  let at = start;
  for (const part of hidden) {
    if (part.start < at || part.end > end) continue;
    text += source.slice(at, part.start);
    at = part.end;
  }
  const lines = `${text}${source.slice(at, end)}`.split('\n').map((line) => line.trimEnd());
  return lines.filter((line) => line !== '').join('\n');
}
