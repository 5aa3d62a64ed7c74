/** What can happen between engine and venue, as commands of a model-based property. Each says when it can happen. */
import fc from 'fast-check';
import type { Operator } from '../../../engine/index.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import type { Bench, Want } from './bench.ts';

type Model = Record<string, never>;
export type Happening = fc.Command<Model, Bench>;

/** A happening that takes its numbers from what there is: index `pick` of a list, modulo its length. */
function happening(name: string, can: (bench: Bench) => boolean, does: (bench: Bench) => void): Happening {
  return {
    check: () => true,
    run(_model, bench) {
      if (!can(bench)) return;
      does(bench);
      bench.look();
    },
    toString: () => name,
  };
}

const at = (pick: number, list: readonly unknown[]): number => pick % list.length;
const hasRequests = ({ desk }: Bench): boolean => desk.requests.length > 0;
const hasAnswers = ({ desk }: Bench): boolean => desk.answers.length > 0;
const hasOrders = ({ desk }: Bench): boolean => desk.orders.size > 0;

const wants: Readonly<Record<string, Want>> = {
  'enter long': ({ intents, bar }: AnyScene) => intents.enter({ side: 'long', qty: 5, stop: bar.close - 40, stopBy: 'last' }),
  'enter short': ({ intents }: AnyScene) => intents.enter({ side: 'short', qty: 5, stop: { distance: 40 }, stopBy: 'last' }),
  'limit long': ({ intents, bar }: AnyScene) => intents.enter({ side: 'long', at: 'limit', price: bar.close - 10, qty: 5, stop: bar.close - 60, stopBy: 'last', validFor: 3 }),
  add: ({ intents }: AnyScene) => intents.add({ qty: 2 }),
  exit: ({ intents }: AnyScene) => intents.exit('model'),
  'cancel entry': ({ intents }: AnyScene) => intents.cancelEntry,
  tighten: ({ intents, bar, position }: AnyScene) => (position.tag === 'open' ? intents.moveStop(bar.close - (position.side === 'long' ? 15 : -15)) : intents.hold),
  reduce: ({ intents }: AnyScene) => intents.reduce({ fraction: 0.5, reason: 'model' }),
  reverse: ({ intents, bar, position }: AnyScene) => (position.tag === 'open'
    ? intents.reverse({ side: position.side === 'long' ? 'short' : 'long', qty: 5, stop: bar.close + (position.side === 'long' ? 40 : -40), stopBy: 'last' })
    : intents.hold),
  rest: ({ intents, bar }: AnyScene) => intents.rest([{ key: 'b', side: 'buy', price: bar.close - 10, qty: 3 }], { long: bar.close - 80, stopBy: 'last' }),
};

const pick = fc.nat({ max: 11 });

export const happenings: readonly fc.Arbitrary<Happening>[] = [
  fc.tuple(fc.constantFrom(...Object.keys(wants)), fc.integer({ min: -30, max: 30 })).map(([name, move]) => happening(`${name} (${move})`, () => true, (bench) => {
    bench.want = wants[name]!;
    bench.bar(Math.max(200, bench.desk.ticks + move));
  })),
  fc.integer({ min: -120, max: 120 }).map((move) => happening(`bar ${move}`, () => true, (bench) => { bench.bar(Math.max(200, bench.desk.ticks + move)); })),
  pick.map((n) => happening(`arrive ${n}`, hasRequests, ({ desk }) => { desk.arrive(at(n, desk.requests)); })),
  pick.map((n) => happening(`arrive ${n}`, hasRequests, ({ desk }) => { desk.arrive(at(n, desk.requests)); })),
  pick.map((n) => happening(`lose request ${n}`, hasRequests, ({ desk }) => { desk.requests.splice(at(n, desk.requests), 1); })),
  pick.map((n) => happening(`hear ${n}`, hasAnswers, (bench) => { bench.take(bench.desk.answers.splice(at(n, bench.desk.answers), 1)[0]!(bench.desk.now)); })),
  pick.map((n) => happening(`hear ${n}`, hasAnswers, (bench) => { bench.take(bench.desk.answers.splice(at(n, bench.desk.answers), 1)[0]!(bench.desk.now)); })),
  pick.map((n) => happening(`lose answer ${n}`, hasAnswers, ({ desk }) => { desk.answers.splice(at(n, desk.answers), 1); })),
  pick.map((n) => happening(`hear again ${n}`, ({ desk }) => desk.done.length > 0, (bench) => { bench.take({ ...bench.desk.done[at(n, bench.desk.done)]!, at: bench.desk.now }); })),
  fc.tuple(pick, fc.integer({ min: 1, max: 5 })).map(([n, lots]) => happening(`fill ${n} ${lots}`, hasOrders, ({ desk }) => {
    const ids = [...desk.orders.keys()];
    desk.fill(ids[at(n, ids)]!, lots);
  })),
  pick.map((n) => happening(`venue cancels ${n}`, hasOrders, ({ desk }) => {
    const ids = [...desk.orders.keys()];
    desk.drop(ids[at(n, ids)]!);
  })),
  fc.integer({ min: 1, max: 12_000 }).map((ms) => happening(`wait ${ms}`, () => true, (bench) => { bench.pass(bench.desk.now + ms); })),
  fc.constantFrom('nothing', 'position', 'stop', 'orders', 'executions', 'everything').map((without) =>
    happening(`reading without ${without}`, () => true, ({ desk }) => { desk.answers.push(desk.reading(without as 'nothing')); })),
  fc.constant(happening('stop lost', ({ desk }) => desk.stopTicks > 0, ({ desk }) => { desk.stopTicks = 0; })),
  fc.constantFrom('disconnected', 'connected').map((tag) => happening(tag, () => true, (bench) => { bench.take({ tag: tag as 'connected', at: bench.desk.now }); })),
  fc.constant(happening('restart', () => true, (bench) => { bench.restart(); })),
  fc.constantFrom<Operator['verb']>('halt', 'resume', 'flatten', 'reduce-only').map((verb) =>
    happening(verb, () => true, (bench) => { bench.take({ tag: 'operator', at: bench.desk.now, verb }); })),
];
