/**
 * Correct code that a supported runtime compiles wrongly.
 *
 * Node 20.20.2 (V8 11.3), while replacing a running loop by compiled code, turns
 * `high = Math.max(high, x); low = Math.min(low, x)` into a `low` of 0. Running extremes are therefore written as
 * comparisons: `if (x > high) high = x`. A function may hold one kind of running extreme by Math, never both.
 */
import { lineAt, nodeOf } from './source.ts';
import type { Node, Source, Violation } from './source.ts';

export function hazardViolations(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => {
    const extremes = source.nodes.flatMap(({ node }) => {
      const kind = runningExtreme(node);
      return kind === null ? [] : [{ kind, node, home: homeOf(source, node) }];
    });
    return extremes.filter((one) => one.kind === 'min' && extremes.some((other) => other.kind === 'max' && other.home === one.home))
      .map(({ node }) => ({
        rule: 'hazard', path: source.path, line: lineAt(source.text, node.at),
        what: 'running Math.min beside a running Math.max: write comparisons',
      }));
  });
}

/** `x = Math.min(x, ...)` or `x = Math.max(x, ...)`, x a variable, a field or an element. */
function runningExtreme(node: Node): 'min' | 'max' | null {
  if (node.type !== 'AssignmentExpression' || node.fields['operator'] !== '=') return null;
  const call = nodeOf(node.fields['right']);
  const callee = nodeOf(call?.fields['callee']);
  if (call?.type !== 'CallExpression' || callee?.type !== 'MemberExpression') return null;
  if (nodeOf(callee.fields['object'])?.fields['name'] !== 'Math') return null;
  const name = nodeOf(callee.fields['property'])?.fields['name'];
  if (name !== 'min' && name !== 'max') return null;
  const target = shapeOf(node.fields['left']);
  const given = call.fields['arguments'];
  return Array.isArray(given) && given.some((argument) => shapeOf(argument) === target) ? name : null;
}

/** The expression without its place in the text; `x!` counts as `x`. */
function shapeOf(value: unknown): string {
  const node = nodeOf(value);
  if (node === null) return JSON.stringify(value) ?? '';
  if (node.type === 'TSNonNullExpression') return shapeOf(node.fields['expression']);
  if (node.type === 'Identifier') return String(node.fields['name']);
  const parts = Object.entries(node.fields).filter(([name]) => name !== 'start' && name !== 'end' && name !== 'type');
  return `${node.type}(${parts.map(([, part]) => shapeOf(part)).join()})`;
}

/** Offset of the innermost function around the node, -1 at the top of the module. */
function homeOf(source: Source, node: Node): number {
  let home = -1;
  for (const { node: outer } of source.nodes) {
    if (outer.type.includes('Function') && outer.at <= node.at && outer.end >= node.end && outer.at > home) home = outer.at;
  }
  return home;
}
