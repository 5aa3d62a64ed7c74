/**
 * What each source file imports, resolved to paths of the repository, with the kind of import:
 * type-only imports vanish when the code runs, so only the others say what a file reaches.
 */
import { posix } from 'node:path';
import { lineAt, nodeOf } from './source.ts';
import type { Node, Source } from './source.ts';

export interface Import {
  readonly from: string;
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Path from the root for a relative import, else null. */
  readonly target: string | null;
  readonly typeOnly: boolean;
}

export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  for (const { node } of source.nodes) {
    const specifier = specifierOf(node);
    if (specifier === null) continue;
    const relative = specifier.startsWith('.');
    found.push({
      from: source.path,
      line: lineAt(source.text, node.at),
      specifier,
      target: relative ? posix.normalize(posix.join(posix.dirname(source.path), specifier)) : null,
      typeOnly: node.fields['importKind'] === 'type' || node.fields['exportKind'] === 'type' || node.type === 'TSImportType',
    });
  }
  return found;
}

/** Package of a bare specifier: `@scope/name/part` is `@scope/name`, `node:fs/promises` is `node:fs`. */
export function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

const importTypes = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType']);

function specifierOf(node: Node): string | null {
  if (!importTypes.has(node.type)) return null;
  const literal = nodeOf(node.fields['source'] ?? node.fields['argument']);
  const inner = literal?.type === 'TSLiteralType' ? nodeOf(literal.fields['literal']) : literal;
  const value = inner?.fields['value'];
  return typeof value === 'string' ? value : null;
}
