/** The tables of a run that trades, made of its journal: all at once, bit by bit, and after everything that can happen to them. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Projector } from '../../cli/projection/index.ts';
import { Teller } from '../../cli/projection/teller.ts';
import type { Told } from '../../cli/projection/teller.ts';
import { queryRuns, recordTables } from '../../data/index.ts';
import type { Applied, PlainValue, RunManifest } from '../../data/index.ts';
import { conformTable } from '../../data/store/schema.ts';
import { createState, defineStrategy, Journal, MemoryPort, runConfig, setupOf, z } from '../../engine/index.ts';
import type { AnyStrategy, Event, JournalIdentity, Setup, Table } from '../../engine/index.ts';
import { journaled } from '../engine/journaled.ts';
import { bar, cycle, execution } from '../engine/stepped.ts';
import { nothing } from '../engine/talk.ts';
import { identity, live } from '../live/lived.ts';
import { linear, marketOf, minute, start, walk } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import { seed } from '../setup/seed.ts';

const run = '20251010-000000000-abcdef';

interface Tale { readonly setup: Setup; readonly identity: JournalIdentity; readonly lines: readonly string[]; readonly snapshots: readonly string[] }

/** 700 events of everything there is, with snapshots and restarts on the way. */
function chaotic(of: number): Tale {
  const one = journaled(of);
  one.play(700, (index) => {
    if (index % 97 === 96) one.journal.snapshot(one.state);
    if (index % 131 !== 130) return;
    const out = { commands: [], notes: [] };
    one.journal.restart(one.state, one.state.now, out);
  });
  return { setup: one.setup, identity: one.request.identity, lines: [...one.port.lines()], snapshots: one.port.snapshots() };
}

function toldAtOnce({ setup, identity: of, lines }: Tale, upTo = lines.length): Told {
  const teller = new Teller({ run, setup, identity: of, snapshots: [], before: null });
  for (const line of lines.slice(0, upTo)) teller.take(line);
  return teller.told();
}

/** By values: which word of a dictionary has which number is nobody's business. */
const rowsOf = (tables: readonly Table[]): Readonly<Record<string, unknown>> => Object.fromEntries(tables.map(({ name, rows, columns }) => [name, {
  rows, columns: columns.map((column) => [column.name, column.type, column.type === 'text' ? [...column.codes].map((code) => column.dictionary[code] ?? null) : [...column.values]]),
}]));

describe('a journal told', () => {
  it('gives the decisions, orders, executions, trades and stops that were recorded while it was written, of 204 bars', async () => {
    const strategy = () => scripted({
      warmup: 5, always: ({ position, bar: { close }, intents }, n) => {
        if (position.tag === 'open') return n % 7 === 0 ? intents.exit('seventh') : intents.hold;
        return n % 5 === 0 ? intents.enter({ side: 'long', notional: 300_000, stop: close - 120 }) : intents.hold;
      },
    }).strategy;
    const lived = await live({ markets: [marketOf({ bars: walk({ seed: 31, bars: 204 }) })], strategy: strategy(), config: { cash: 1_000_000 } });
    const setup = setupOf({ strategy: strategy(), params: {}, config: runConfig.parse({ cash: 1_000_000 }), instruments: [linear()], baseMs: minute });

    const { totals, shown } = toldAtOnce({ setup, identity, lines: [...lived.port.lines()], snapshots: [] });

    expect(totals).toMatchObject({ cut: 0, unsent: 0, from: start, to: lived.state.now, bars: 204, restarts: 1, decisions: 200, equityStart: 1_000_000 });
    expect([totals.equityEnd, totals.trades]).toEqual([lived.state.equity, lived.tables.find(({ name }) => name === 'trades')!.rows]);
    for (const name of ['decisions', 'orders', 'executions', 'stops']) {
      const schema = recordTables.find((one) => one.name === name)!;
      const recorded = conformTable(schema, run, lived.tables.find((one) => one.name === name));
      expect(recorded.rows).toBeGreaterThan(5);
      expect(rowsOf(shown.filter((one) => one.name === name))).toEqual(rowsOf([recorded]));
    }
    // One point where it begins, one for each cycle; the 4 bars of the warm-up had none.
    expect(shown.find(({ name }) => name === 'equity')!.rows).toBe(1 + 200);
    expect(shown.map(({ name }) => name)).toEqual(recordTables.map(({ name }) => name));
  });

  it('another strategy is found out at its first decision', async () => {
    const strategy = scripted({ warmup: 5, always: ({ bar: { close }, intents }) => intents.enter({ side: 'long', notional: 300_000, stop: close - 120 }) }).strategy;
    const lived = await live({ markets: [marketOf({ bars: walk({ seed: 32, bars: 60 }) })], strategy, config: { cash: 1_000_000 } });
    const setup = setupOf({ strategy: scripted({ warmup: 5 }).strategy, params: {}, config: runConfig.parse({ cash: 1_000_000 }), instruments: [linear()], baseMs: minute });

    expect(() => toldAtOnce({ setup, identity, lines: [...lived.port.lines()], snapshots: [] })).toThrow('differs');
  });

  it('in up to 8 pieces, each gone on from by another teller and from a snapshot, has the rows of all tables that it has at once', () => {
    const tales = [1, 2, 3, 4, 5].map(chaotic);
    const wanted = tales.map((tale) => rowsOf(toldAtOnce(tale).shown));
    for (const [place, tables] of ['decisions', 'orders', 'executions', 'stops', 'equity', 'warnings'].entries()) {
      expect((wanted[place % 5]![tables] as { readonly rows: number }).rows).toBeGreaterThan(0);
    }

    fc.assert(fc.property(fc.nat(4), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 7 }), (of, cuts) => {
      const tale = tales[of]!;
      let before: Applied | null = null;
      for (const end of [...cuts.map((cut) => Math.floor(cut * tale.lines.length)), tale.lines.length].toSorted((a, b) => a - b)) {
        const teller: Teller = new Teller({ run, setup: tale.setup, identity: tale.identity, snapshots: tale.snapshots, before });
        for (const line of tale.lines.slice(0, end)) teller.take(line);
        const told = teller.told();
        if (before !== null && told.applied.seq === before.seq) expect(told.applied.mark).toBe(before.mark);
        before = structuredClone(told.applied);
        if (end === tale.lines.length) expect(rowsOf(told.shown)).toEqual(wanted[of]);
      }
    }), { numRuns: 40, seed });
  });
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const manifest: RunManifest = {
  run, createdAt: start, mode: 'paper', engine: '1', strategy: 'chaos', strategyHash: 's', params: {}, config: {}, configHash: 'c', dataHashes: {},
  market: 'bybit:linear', symbols: ['AAAUSDT', 'BBBUSDT'], timeframe: '1m', from: 0, to: 0, warmupBars: 1, seed: null,
};

class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-projection-'));
  readonly #tale: Tale;
  constructor(tale: Tale) {
    this.#tale = tale;
    folders.push(this.folder);
    mkdirSync(join(this.folder, 'journal'));
  }

  /** The first lines of the journal, in its files, and `rest` after them. */
  write(upTo: number, rest = ''): void {
    let file = 0;
    const texts: string[] = [];
    for (const line of this.#tale.lines.slice(0, upTo)) {
      if (line.includes('"k":"header"')) file += 1;
      texts[file] = (texts[file] ?? '') + line;
    }
    texts[file] += rest;
    for (const [number, text] of texts.entries()) if (number > 0) writeFileSync(join(this.folder, 'journal', `${String(number).padStart(6, '0')}.jsonl`), text);
    const kept = this.#tale.snapshots.filter((text) => Number(/"seq":(\d+)/.exec(text)![1]) <= upTo).toReversed();
    for (const [place, text] of kept.entries()) writeFileSync(join(this.folder, 'journal', `snapshot-00000${place + 1}.jsonl`), text);
  }

  projector(): Projector {
    const { setup, identity: of } = this.#tale;
    return new Projector({ folder: this.folder, journal: join(this.folder, 'journal'), manifest, setup, identity: of });
  }

  get version(): string { return realpathSync(join(this.folder, 'runs', run)); }

  /** Every row and column of every table, as a reader gets them. */
  async seen(): Promise<Readonly<Record<string, PlainValue>>> {
    const all: Record<string, PlainValue> = {};
    for (const name of ['runs', ...recordTables.map((table) => table.name)]) all[name] = [...(await queryRuns(this.folder, `SELECT * FROM ${name}`, { limit: 1e6 })).rows];
    return all;
  }
}

describe('the tables of a run that trades', () => {
  it('written bit by bit are those written at once, in every table, column and row; mode is a column', async () => {
    const tale = chaotic(1);
    const one = new Place(tale);
    const projector = one.projector();
    for (let upTo = 40; upTo < tale.lines.length; upTo += 173) {
      one.write(upTo, tale.lines[upTo]!.slice(0, 30));
      expect(projector.feed()).toMatchObject({ seq: upTo });
    }
    one.write(tale.lines.length);
    projector.feed();
    const other = new Place(tale);
    other.write(tale.lines.length);
    expect(other.projector().feed()).toMatchObject({ seq: tale.lines.length, isRebuilt: true });

    const seen = await one.seen();

    expect(seen).toEqual(await other.seen());
    expect(seen['runs']).toMatchObject([{ run, mode: 'paper', bars: toldAtOnce(tale).totals.bars }]);
    expect(JSON.parse(readFileSync(join(one.version, 'applied.json'), 'utf8'))).toMatchObject({ appliedSeq: tale.lines.length });
  });

  it('are gone on from after a restart, and made anew when deleted, when any of their 15 files was damaged, or when the journal lost its end', async () => {
    const tale = chaotic(2);
    const half = tale.lines.length >> 1;
    const whole = new Place(tale);
    whole.write(tale.lines.length);
    whole.projector().feed();
    const wanted = await whole.seen();
    const place = new Place(tale);
    place.write(half);
    place.projector().feed();
    place.write(tale.lines.length);
    expect(place.projector().feed()).toMatchObject({ isRebuilt: false });
    expect(await place.seen()).toEqual(wanted);

    const files = readdirSync(place.version);
    expect(files).toHaveLength(15); // 10 tables, runs, manifest, summary, rows, applied
    for (const file of files) {
      const path = join(place.version, file);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 0x40;
      unlinkSync(path); // it may be shared with an older version
      writeFileSync(path, bytes);
      expect([file, place.projector().feed().isRebuilt]).toEqual([file, true]);
    }
    expect(await place.seen()).toEqual(wanted);
    unlinkSync(join(place.folder, 'runs', run));
    expect(place.projector().feed().isRebuilt).toBe(true);
    rmSync(join(place.folder, 'projected'), { recursive: true });
    expect(place.projector().feed().isRebuilt).toBe(true);
    expect(await place.seen()).toEqual(wanted);
    // Tables that tell more than the journal holds: what was not synced went with the machine.
    rmSync(join(place.folder, 'journal'), { recursive: true });
    mkdirSync(join(place.folder, 'journal'));
    place.write(half);
    expect(place.projector().feed()).toMatchObject({ isRebuilt: true, seq: half });
    const before = new Place(tale);
    before.write(half);
    before.projector().feed();
    expect(await place.seen()).toEqual(await before.seen());
  });

  it('are the old ones or the new ones wherever a kill takes the owner: with any of the files of a version written and the link not moved', async () => {
    const tale = chaotic(3);
    const place = new Place(tale);
    place.write(300);
    place.projector().feed();
    const old = await place.seen();
    const oldVersion = place.version;
    place.write(tale.lines.length);
    place.projector().feed();
    const wanted = await place.seen();
    const fresh = place.version;
    const names = readdirSync(fresh);

    for (let written = 0; written <= names.length; written += 1) {
      rmSync(join(place.folder, 'projected'), { recursive: true });
      rmSync(join(place.folder, 'runs'), { recursive: true });
      rmSync(join(place.folder, 'journal'), { recursive: true });
      mkdirSync(join(place.folder, 'journal'));
      place.write(300);
      place.projector().feed();
      expect(place.version).toBe(oldVersion);
      mkdirSync(fresh, { recursive: true });
      for (const name of names.slice(0, written)) writeFileSync(join(fresh, name), 'torn');
      place.write(tale.lines.length);
      if (written % 5 === 0) expect(await place.seen()).toEqual(old);
      expect(place.projector().feed()).toMatchObject({ isRebuilt: false });
      if (written % 5 === 0) expect(await place.seen()).toEqual(wanted);
    }
  });

  it('take the place of the folder that an earlier version kept', async () => {
    const tale = chaotic(1);
    const place = new Place(tale);
    place.write(tale.lines.length);
    place.projector().feed();
    const wanted = await place.seen();
    const { version } = place;
    unlinkSync(join(place.folder, 'runs', run));
    cpSync(version, join(place.folder, 'runs', run), { recursive: true });
    rmSync(join(place.folder, 'projected'), { recursive: true });

    place.projector().feed();

    expect(await place.seen()).toEqual(wanted);
    expect(place.version).toContain('projected');
  });
});

/** Buys 5 at the first close at 100; stop at 80. */
const buyer = defineStrategy({
  name: 'buyer', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}),
  decide: ({ bar: { close }, position, entry, intents }) =>
    (position.tag === 'flat' && entry.tag === 'none' && close === 100 ? intents.enter({ side: 'long', qty: 5, stop: 80 }) : intents.hold),
});

describe('a position found closed that no execution explains', () => {
  it('is a trade marked estimated at the mark of the third reading, no trade of the totals, and gives way to what was executed', () => {
    const instrument = linear();
    const setup = setupOf({ strategy: buyer as unknown as AnyStrategy, params: {}, config: runConfig.parse({ cash: 1_000_000 }), instruments: [instrument], baseMs: minute });
    const port = new MemoryPort();
    const journal = new Journal({ setup, port, identity, bars: 'journaled' });
    const state = createState(setup);
    const tell = (event: Event): void => journal.step(state, event, { commands: [], notes: [] });
    const at = start + minute;
    tell(bar(setup.instruments[0]!, at, [100, 100, 100, 100]));
    tell(cycle(at));
    tell({ tag: 'order-accepted', at, order: 1, leg: 0 });
    tell(execution(setup.instruments[0]!, { at, id: 1, side: 1, lots: 5, priceTicks: 100, order: 1 }));
    tell({ tag: 'stop-set', at, leg: 0, triggerTicks: 80, by: 'mark', trailTicks: 0 });
    const readings = [2_500, 5_000, 7_500].map((ms): Event => ({ tag: 'account-snapshot', at: at + ms, takenAt: at + ms, leg: 0, ...nothing, markTicks: 90, lastTicks: 90 }));
    const told = (): Told => toldAtOnce({ setup, identity, lines: [...port.lines()], snapshots: [] });
    const trades = (): Readonly<Record<string, unknown>>[] => {
      const { columns, rows } = told().shown.find(({ name }) => name === 'trades')!;
      return Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map((column) => [column.name, column.type === 'text' ? column.dictionary[column.codes[row]!] : column.values[row]])));
    };

    tell(readings[0]!);
    tell(readings[1]!);
    expect(trades()).toEqual([]);
    tell(readings[2]!);
    expect(state.mode).toMatchObject({ tag: 'halted', cause: 'unreconciled' });
    const rate = setup.instruments[0]!.takerRate;
    // 5 x (90 - 100); fees of 500 paid and of 450 to be paid.
    expect(trades()).toMatchObject([{ trade: 1, symbol: 'AAAUSDT', side: 'long', qty: 5, entry_price: 100, exit_price: 90, gross: -50, exit_reason: 'found closed', quality: 'estimated', closed_at: at + 7_500 }]);
    expect(trades()[0]!['fees']).toBeCloseTo(950 * rate, 9);
    expect(trades()[0]!['net']).toBeCloseTo(-50 - 950 * rate, 9);
    expect(told().totals.trades).toBe(0);
    const codes = (): unknown => told().shown.filter(({ name }) => name === 'warnings').map(({ columns: [, code] }) => (code?.type === 'text' ? [...code.codes].map((one) => code.dictionary[one]) : []))[0];
    expect(codes()).toContain('ESTIMATED');

    // The stop had filled at 79: 5 x (79 - 100).
    tell({ ...execution(setup.instruments[0]!, { at: at + 9_000, id: 2, side: -1, lots: 5, priceTicks: 79 }), cause: 'stop', tradedAt: at + 1_000 } as Event);
    expect(trades()).toMatchObject([{ trade: 1, exit_price: 79, gross: -105, quality: 'executed' }]);
    expect(told().totals.trades).toBe(1);
    expect(codes()).not.toContain('ESTIMATED');
  });
});
