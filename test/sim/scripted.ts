/**
 * A strategy that follows a script: what to want at which decision. It keeps what it saw, so that a test can look.
 */
import { defineStrategy, z } from '../../engine/index.ts';
import type { AnyStrategy, Context, Ind, Intent, Kernels, Scene, Timeframe } from '../../engine/index.ts';

export type AnyScene = Context<Record<string, number>, null>;
type Kernel = Ind<unknown>;

export interface Script {
  /** What is wanted at decision n of a symbol, counted from 0; nothing = hold. */
  readonly at?: Readonly<Record<number, (scene: AnyScene) => Intent>>;
  /** What is wanted at any decision that `at` does not name. */
  readonly always?: (scene: AnyScene, n: number) => Intent;
  /** What to remember of every decision. */
  readonly see?: (scene: AnyScene, n: number) => unknown;
  readonly symbols?: readonly string[];
  readonly timeframe?: Timeframe;
  readonly warmup?: number;
  readonly indicators?: (on: (timeframe: Timeframe) => Kernels) => Record<string, Kernel>;
}

export interface Scripted {
  readonly strategy: AnyStrategy;
  /** What `see` returned, by decision; of all symbols in the order of deciding. */
  readonly seen: unknown[];
}

export function scripted(script: Script): Scripted {
  const seen: unknown[] = [];
  const decisions = new Map<string, number>();
  const strategy = defineStrategy({
    name: 'scripted', symbols: script.symbols ?? ['AAAUSDT'], timeframe: script.timeframe ?? '1m', params: z.object({}),
    ...(script.warmup === undefined ? {} : { warmup: script.warmup }),
    indicators: (on): Record<string, Kernel> => script.indicators?.(on) ?? {},
    decide(context): Intent {
      const scene = context as unknown as AnyScene;
      const n = decisions.get(scene.symbol) ?? 0;
      decisions.set(scene.symbol, n + 1);
      if (script.see !== undefined) seen.push(script.see(scene, n));
      return script.at?.[n]?.(scene) ?? script.always?.(scene, n) ?? scene.intents.hold;
    },
  });
  return { strategy: strategy as unknown as AnyStrategy, seen };
}

/** The same for a strategy that decides all symbols at once. */
export function scriptedTogether(
  symbols: readonly string[],
  decide: (cycle: { readonly time: number; readonly at: (symbol: string) => Scene<Record<string, number>, string> | null }, n: number) => Readonly<Record<string, Intent>>,
): AnyStrategy {
  let n = 0;
  return defineStrategy({
    name: 'together', symbols, timeframe: '1m', params: z.object({}), indicators: (): Record<string, Kernel> => ({}),
    decideCycle: (cycle) => decide(cycle as never, n++),
  }) as unknown as AnyStrategy;
}
