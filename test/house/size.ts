/**
 * How long a file and a function may be. The list of exceptions is a ratchet: an entry names the present
 * length, may only shrink, and must go when the limit is met.
 */
import { lineAt, nodeOf } from './source.ts';
import type { Node, Source, Violation } from './source.ts';

export const fileLinesMax = 400;
export const functionLinesMax = 70;

/** Path, or path#function -> lines it may have today. */
export type Ratchet = Readonly<Record<string, number>>;

export function sizeViolations(sources: readonly Source[], ratchet: Ratchet): Violation[] {
  const met = new Set<string>();
  const violations = sources.flatMap((source) => lengthsOf(source).flatMap(({ key, line, lines, limit }) => {
    const allowed = ratchet[key];
    if (allowed !== undefined) met.add(key);
    if (allowed !== undefined && lines <= limit) return [sizeViolation(source, line, `${key} has ${lines} lines: take it off the ratchet`)];
    if (lines <= (allowed ?? limit)) return [];
    return [sizeViolation(source, line, `${key} has ${lines} lines, at most ${allowed ?? limit}`)];
  }));
  const gone = Object.keys(ratchet).filter((key) => !met.has(key));
  return [...violations, ...gone.map((key) => ({ rule: 'size', path: key, line: 1, what: `${key} is gone: take it off the ratchet` }))];
}

interface Length { readonly key: string; readonly line: number; readonly lines: number; readonly limit: number }

function lengthsOf(source: Source): Length[] {
  const text = source.text.endsWith('\n') ? source.text.slice(0, -1) : source.text;
  const file = { key: source.path, line: 1, lines: lineAt(text, text.length), limit: fileLinesMax };
  const functions = source.nodes.flatMap(({ node, parent }) => {
    if (!functionTypes.has(node.type)) return [];
    const line = lineAt(source.text, node.at);
    const lines = lineAt(source.text, node.end) - line + 1;
    return [{ key: `${source.path}#${nameOf(node, parent)}`, line, lines, limit: functionLinesMax }];
  });
  return [file, ...functions];
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function nameOf(node: Node, parent: Node | null): string {
  const named = nodeOf(node.fields['id']) ?? nodeOf(parent?.fields['id']) ?? nodeOf(parent?.fields['key']);
  const name = named?.fields['name'];
  return typeof name === 'string' ? name : 'anonymous';
}

function sizeViolation(source: Source, line: number, what: string): Violation {
  return { rule: 'size', path: source.path, line, what };
}
