/**
 * A source file as the house rules see it: its path from the repository root, its text and its syntax tree.
 * Rules are pure functions over these, so each rule can be tried on a planted violation.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';

export interface Violation {
  readonly rule: string;
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly what: string;
}

/** A node of the syntax tree; `at` and `end` are offsets in the text. */
export interface Node { readonly type: string; readonly at: number; readonly end: number; readonly fields: Readonly<Record<string, unknown>> }

export interface Source { readonly path: string; readonly text: string; readonly nodes: readonly Visit[] }

/** A node with the node above it and the name of the field that holds it there. */
export interface Visit { readonly node: Node; readonly parent: Node | null; readonly field: string }

export const sourceFolders = ['engine', 'sim', 'data', 'live', 'lab', 'cli', 'strategies', 'bench'] as const;

export function sourceOf(path: string, text: string): Source {
  const root: unknown = parseAst(text, { lang: 'ts', astType: 'ts' });
  const nodes: Visit[] = [];
  visit(root, null, '', nodes);
  return { path, text, nodes };
}

/** Every `.ts` file below the folders, sorted by path; folders that do not exist are left out. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  const paths = folders.flatMap((folder) => filesBelow(root, folder)).filter((path) => path.endsWith('.ts'));
  return paths.toSorted().map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}

export function nodeOf(value: unknown): Node | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Record<string, unknown>;
  const { type, start, end } = fields;
  if (typeof type !== 'string' || typeof start !== 'number' || typeof end !== 'number') return null;
  return { type, at: start, end, fields };
}

function visit(value: unknown, parent: Node | null, field: string, out: Visit[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, parent, field, out);
    return;
  }
  const node = nodeOf(value);
  if (node === null) return;
  out.push({ node, parent, field });
  for (const [name, child] of Object.entries(node.fields)) {
    if (typeof child === 'object' && child !== null) visit(child, node, name, out);
  }
}

function filesBelow(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.name === 'node_modules') return []; // a package of its own below
      if (entry.isDirectory()) return filesBelow(root, path);
      return entry.isFile() ? [path] : [];
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
