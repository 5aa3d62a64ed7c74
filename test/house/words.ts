/**
 * Words and syntax that may not occur. Words of the deployment never stand in `engine/`, not even in a
 * comment: decision code that can name history can tell it from today. Clock, chance, promises and the
 * outside world never stand in `engine/` and `sim/`.
 */
import { lineAt } from './source.ts';
import type { Source, Violation, Visit } from './source.ts';

const deployment = /\b(live|sim|backtest|bybit)\b/gi;
const unfinished = /\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b/g;
/** Also in comments, so that a plain text search over the pure folders finds nothing. */
const impureText = /\b(Date\.now|new Date|Math\.random|process\.|setTimeout|await )/g;
const machinePath = /(?<![\w.~-])\/(work|farm|root|home|tmp)\/[a-z][\w.-]*/g;
const leftOut = /\b(it|test|describe)\.(skip|only|todo)\b/g;

const impureNames = new Set([
  'Date', 'performance', 'process', 'Promise', 'console', 'crypto', 'fetch', 'globalThis', 'require',
  'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'randomUUID', 'randomBytes', 'randomInt', 'getRandomValues',
]);

/** Syntax that no file of ours uses. */
const bannedSyntax: Readonly<Record<string, string>> = {
  TSEnumDeclaration: 'enum: write a union of literals',
  TSAnyKeyword: 'any: write unknown and narrow it',
  ExportDefaultDeclaration: 'export default: export by name',
  TSParameterProperty: 'parameter property: declare the field',
  TSModuleDeclaration: 'namespace: a file is a module',
};

export function wordViolations(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => [
    ...(source.path.startsWith('engine/') ? textViolations(source, 'deployment word', deployment) : []),
    ...(isPure(source.path) ? purityViolations(source) : []),
    ...textViolations(source, 'unfinished', unfinished),
    ...textViolations(source, 'machine path', machinePath),
    ...textViolations(source, 'left out', leftOut),
    ...source.nodes.flatMap(({ node }) => {
      const why = bannedSyntax[node.type];
      return why === undefined ? [] : [{ rule: 'syntax', path: source.path, line: lineAt(source.text, node.at), what: why }];
    }),
  ]);
}

/** The same text rules for pages: unfinished marks and paths of somebody's machine. */
export function pageViolations(path: string, text: string): Violation[] {
  const page = { path, text };
  return [...textViolations(page, 'unfinished', unfinished), ...textViolations(page, 'machine path', machinePath)];
}

function isPure(path: string): boolean {
  return path.startsWith('engine/') || path.startsWith('sim/');
}

function purityViolations(source: Source): Violation[] {
  const found = source.nodes.flatMap((visit) => {
    const what = impurity(visit);
    return what === null ? [] : [{ rule: 'purity', path: source.path, line: lineAt(source.text, visit.node.at), what }];
  });
  return [...found, ...textViolations(source, 'purity', impureText)];
}

function impurity({ node, parent, field }: Visit): string | null {
  if (node.type === 'AwaitExpression' || node.fields['await'] === true) return 'await';
  if (node.fields['async'] === true) return 'async';
  if (node.type !== 'Identifier') return null;
  const name = String(node.fields['name']);
  const isMember = parent !== null && field === 'property' && parent.fields['computed'] === false;
  if (isMember) return name === 'random' && objectName(parent.fields['object']) === 'Math' ? 'Math.random' : null;
  const isKey = parent !== null && field === 'key' && parent.fields['computed'] === false && parent.fields['shorthand'] !== true;
  return !isKey && impureNames.has(name) ? name : null;
}

function objectName(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';
}

function textViolations({ path, text }: Pick<Source, 'path' | 'text'>, rule: string, pattern: RegExp): Violation[] {
  return [...text.matchAll(pattern)].map((match) => ({ rule, path, line: lineAt(text, match.index), what: `'${match[0].trim()}'` }));
}
