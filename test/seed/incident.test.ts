/**
 * The predecessor's incident (row S-23 of the lifecycle page) as a tape of events, played from its file: a short of 0.003
 * found at a start at 67,781.90, its stop 68,131 already under the mark of 68,874; bought back reduce-only in the same
 * decision at 68,869.22; flat. Gross (67,781.90 - 68,869.22) x 0.003 = -3.26196 USDT.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginRecovery, createDigest, createState, defineStrategy, digestCommand, digestText, runConfig, setupOf, step, stepThroughAll, z } from '../../engine/index.ts';
import type { AnyStrategy, Command, Event, Lots, Note, Out, State } from '../../engine/index.ts';
import { linear, minute, start } from '../sim/market.ts';

const tape = JSON.parse(readFileSync(resolve('test/seed/incident.json'), 'utf8'), (key, value: unknown) => {
  if (key === 'value' || key === 'cost' || key === 'fee') return BigInt(value as string);
  return key.endsWith('At') || key === 'at' ? start + (value as number) : value;
}) as { readonly events: readonly Event[] };

const coin = linear({ symbol: 'BTCUSDT', base: 'BTC', tick: '0.01', qtyStep: '0.001', minQty: '0.001', takerRate: '0.00055', makerRate: '0.0002' });
const strategy = defineStrategy({
  name: 'incident', symbols: ['BTCUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}),
  protectAdopted: () => 68_131, decide: ({ intents }) => intents.hold,
}) as unknown as AnyStrategy;

interface Played { readonly state: State; readonly said: readonly (readonly Command[])[]; readonly notes: readonly Note[]; readonly digest: string }

function play(by: typeof step = step): Played {
  const state = createState(setupOf({ strategy, params: {}, config: runConfig.parse({ cash: 109 }), instruments: [coin], baseMs: minute }));
  const out: Out = { commands: [], notes: [] };
  const digest = createDigest();
  const said: Command[][] = [];
  const notes: Note[] = [];
  beginRecovery(state, out, 'restart', start - 1);
  for (const event of [null, ...tape.events]) {
    if (event !== null) by(state, event, out);
    for (const command of out.commands) digestCommand(digest, state.now, command);
    said.push(out.commands.splice(0));
    notes.push(...out.notes.splice(0));
  }
  return { state, said, notes, digest: digestText(digest) };
}

describe('the incident', () => {
  it('is asked about, found with its stop through, and bought back reduce-only in the decision that found it', () => {
    const { said } = play();

    expect(said.map((commands) => commands.map(({ tag }) => tag))).toEqual([
      ['query-account'], [], [], [], ['notify', 'notify', 'reduce'], [], [], [],
    ]);
    expect(said[4]!.at(-1)).toEqual({
      tag: 'reduce', leg: 0, order: 1, side: 1, lots: 3, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true,
    });
  });

  it('is breached at 68,131 with the mark at 68,874, never armed, and no stop was asked for', () => {
    const { notes } = play();

    expect(notes.flatMap((note) => (note.tag === 'protection' && note.protection !== null ? [note.protection] : []))).toEqual([
      { tag: 'breached', trigger: 6_813_100, by: 'mark', price: 6_887_400, isHeld: false, since: start + 500 },
    ]);
  });

  it('ends flat with a trade of exactly -3.26196 USDT gross, and a wallet less by that and the fee of the way out', () => {
    const { state, notes } = play();

    expect(state.legs[0]!.position).toEqual({ tag: 'flat' });
    expect(notes.filter((note) => note.tag === 'trade')).toMatchObject([{ gross: -3_261_960_000_000n, side: -1, lots: 3, exitReason: 'stop already through' }]);
    // 68,869.22 x 0.003 x 0.00055 = 0.113634213.
    expect(state.wallet.balance).toBe(109_000_000_000_000n - 3_261_960_000_000n - 113_634_213_000n);
    expect(state.mode).toEqual({ tag: 'trading' });
  });

  it('is the same bit for bit when it is played again, and through every stage: the digest of four commands written by hand', () => {
    const byHand: readonly (readonly [after: number, command: Command])[] = [
      [-1, { tag: 'query-account', leg: 0 }],
      [500, { tag: 'notify', severity: 'warning', cause: 'adopted', text: '' }],
      [500, { tag: 'notify', severity: 'warning', cause: 'foreign', text: '' }],
      [500, { tag: 'reduce', leg: 0, order: 1, side: 1, lots: 3 as Lots, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true }],
    ];
    const digest = createDigest();
    for (const [after, command] of byHand) digestCommand(digest, start + after, command);

    // The recorded one stands here too, so that a change of the digest itself is seen.
    expect([play().digest, play().digest, play(stepThroughAll).digest, digestText(digest)]).toEqual(Array.from({ length: 4 }, () => '8ca4022ddb802347'));
    expect(play().notes).toEqual(play().notes);
  });
});
