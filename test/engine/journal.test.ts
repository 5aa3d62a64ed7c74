/** The journal of an engine: re-stepped it gives the same bytes, a torn end is cut, damage is refused, nothing leaves before it is durable. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createState, Journal, JournalError, MemoryPort, rehydrate, replayJournal, restoreState, stateDigest, stateText, step } from '../../engine/index.ts';
import type { JournalPort, Out } from '../../engine/index.ts';
import { lineOf } from '../../engine/journal/line.ts';
import { linear, minute, start } from '../sim/market.ts';
import { chaoticSetup, journaled } from './journaled.ts';
import { bar, cycle } from './stepped.ts';

const text = (port: JournalPort): string => [...port.lines()].join('');
/** A port that holds these lines. */
function portOf(lines: readonly string[]): MemoryPort {
  const port = new MemoryPort();
  for (const line of lines) port.append(line);
  port.sync();
  return port;
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('a state taken up again from its text', () => {
  it('I19: answers the rest of the stream as the original does, from 10 random points of each of 30 streams of 400 events', () => {
    let answered = 0;
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.uniqueArray(fc.nat(399), { minLength: 10, maxLength: 10 }), fc.constantFrom(1 as const, 2 as const), (seed, points, count) => {
      const original = journaled(seed, { count });
      const kept = new Map<number, { readonly text: string; readonly commands: number; readonly notes: number }>();
      original.play(400, (i) => {
        if (!points.includes(i)) return;
        original.journal.snapshot(original.state);
        kept.set(i, { text: stateText(original.state), commands: original.commands.length, notes: original.notes.length });
      });

      for (const [i, from] of kept) {
        const state = restoreState(chaoticSetup(seed, count), from.text);
        expect(stateText(state)).toBe(from.text);
        const out: Out = { commands: [], notes: [] };
        for (const event of original.events.slice(i + 1)) step(state, event, out);
        expect(out.commands).toEqual(original.commands.slice(from.commands));
        expect(out.notes).toEqual(original.notes.slice(from.notes));
        expect(stateText(state)).toBe(stateText(original.state));
        answered += out.commands.length;
      }
    }), { numRuns: 30 });
    expect(answered).toBeGreaterThan(5_000);
  });

  it('is the same text whether or not its deadline was asked for, and another one after any event', () => {
    const played = journaled(7);
    const texts = new Set<string>();
    played.play(50, () => { texts.add(stateText(played.state)); });

    expect(texts.size).toBe(50);
    expect(stateDigest(played.state)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('has the hidden classes of the original, so that the hot loop meets nothing new', () => {
    setFlagsFromString('--allow-natives-syntax');
    const haveSameMap = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (a: unknown, b: unknown) => boolean;
    const seen = new Set<string>();
    const compare = (name: string, a: object | null, b: object | null): void => {
      if (a === null || b === null) return;
      seen.add(name);
      expect(haveSameMap(a, b), name).toBe(true);
    };
    for (const seed of numbers(10)) {
      const { state, setup, play } = journaled(seed);
      play(300, (i) => {
        if (i % 30 !== 29) return;
        const restored = restoreState(setup, stateText(state));
        for (const [name, a, b] of [['state', restored, state], ['mode', restored.mode, state.mode], ['wallet', restored.wallet, state.wallet]] as const) compare(name, a, b);
        restored.legs.forEach((leg, k) => {
          const other = state.legs[k]!;
          const { position } = leg;
          for (const name of ['book', 'position', 'query', 'hold', 'resting', 'decisionBar'] as const) compare(name, leg[name], other[name]);
          compare('leg', leg, other);
          leg.orders.forEach((order, n) => { compare('order', order, other.orders[n]!); compare('order state', order.state, other.orders[n]!.state); });
          if (position.tag === 'flat' || other.position.tag === 'flat') return;
          compare('trade', position.trade, other.position.trade);
          position.targets.forEach((target, n) => { compare('target', target, (other.position as typeof position).targets[n]!); });
        });
      });
    }

    expect(seen.size).toBe(14);
  });

  it('is refused for a setup with another number of legs', () => {
    const played = journaled(3, { count: 2 });

    expect(() => restoreState(chaoticSetup(3, 1), stateText(played.state))).toThrow(/a snapshot must be of the same setup/);
  });
});

describe('a journal stepped again', () => {
  it('gives the same commands and the same state, snapshots and restarts on the way, and two runs give the same bytes', () => {
    for (const seed of numbers(15)) {
      const runs = [journaled(seed), journaled(seed)];
      for (const run of runs) {
        const out: Out = { commands: [], notes: [] };
        run.play(300, (i) => {
          if (i % 70 === 69) run.journal.snapshot(run.state);
          if (i % 110 === 109) {
            run.journal.restart(run.state, run.state.now, out);
            out.commands.length = 0;
          }
        });
      }
      const [first, second] = runs;
      const again = replayJournal(first!.request);

      expect(text(first!.port)).toBe(text(second!.port));
      expect(again).toMatchObject({ replayed: 300, cut: 0, from: 0, skipped: 0, unsent: 0 });
      expect(stateText(again.state)).toBe(stateText(first!.state));
    }
  });

  it('I20: has the same bytes and the same state in a fresh process', () => {
    const played = journaled(21);
    played.play(300);
    const script = `
      const { journaled } = await import(${JSON.stringify(pathToFileURL(resolve('test/engine/journaled.ts')).href)});
      const { stateDigest } = await import(${JSON.stringify(pathToFileURL(resolve('engine/index.ts')).href)});
      const played = journaled(21);
      played.play(300);
      process.stdout.write(JSON.stringify([stateDigest(played.state), [...played.port.lines()].join('')]));`;
    const told = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8', maxBuffer: 1 << 26 });

    expect(JSON.parse(told)).toEqual([stateDigest(played.state), text(played.port)]);
  });

  it('goes on from the last snapshot with the 30 events after it, and the records go on without a hole', () => {
    const played = journaled(11);
    played.play(270, (i) => { if (i % 80 === 79) played.journal.snapshot(played.state); });
    const { state, journal, ...rest } = rehydrate(played.request);

    expect(rest).toMatchObject({ replayed: 30, skipped: 0, cut: 0 });
    expect(stateText(state)).toBe(stateText(played.state));
    expect(journal.seq).toBe(played.journal.seq);
    const out: Out = { commands: [], notes: [] };
    journal.restart(state, state.now + 1_500, out);
    journal.step(state, { tag: 'timer', at: state.now }, out);
    expect(stateText(replayJournal(played.request).state)).toBe(stateText(state));
  });

  it('takes the bars from the data set when it has them by reference, and is shorter by them', () => {
    const long = journaled(5);
    const short = journaled(5, { bars: 'by-reference' });
    long.play(400);
    short.play(400);
    short.journal.snapshot(short.state);
    const market = short.events.filter(({ tag }) => tag === 'bar-closed' || tag === 'cycle-closed');

    expect(text(short.port)).not.toContain('"k":"bar-closed"');
    expect(text(short.port).length).toBeLessThan(text(long.port).length);
    const again = replayJournal({ ...short.request, market });
    expect(again.replayed).toBe(400);
    expect(stateText(again.state)).toBe(stateText(long.state));
    expect(stateText(rehydrate({ ...short.request, market }).state)).toBe(stateText(long.state));
    expect(() => replayJournal({ ...short.request, market: market.slice(0, -1) })).toThrow(/foreign/);
  });

  it('names the record at which the engine decides otherwise, what it decided then and what it decides now', () => {
    const played = journaled(14);
    played.play(120);
    const lines = [...played.port.lines()];
    const at = lines.findIndex((line) => line.includes('"tag":"enter"'));
    const json = lines[at]!.slice(9, -1);
    const other = json.replace(/"lots":(\d+)/, (_, lots) => `"lots":${Number(lots) + 1}`);
    const port = portOf(lines.with(at, lineOf(other)));

    try {
      replayJournal({ ...played.request, port });
      expect.unreachable();
    } catch (error) {
      const list = (text: string): string => text.slice(text.indexOf('['), -1);
      expect(error).toMatchObject({ name: 'JournalError', problem: 'differs', seq: at + 1, expected: list(other), actual: list(json) });
    }
  });

  it('is refused when a snapshot on the way was of another state', () => {
    const played = journaled(14);
    played.play(50);
    played.journal.snapshot(played.state);
    const lines = [...played.port.lines()];
    const port = portOf(lines.with(lines.length - 1, lineOf(lines.at(-1)!.slice(9, -1).replace(/"digest":"[0-9a-f]{16}"/, '"digest":"0123456789abcdef"'))));

    expect(() => replayJournal({ ...played.request, port })).toThrow(/differs: was state [0-9a-f]{16}, expected state 0123456789abcdef/);
  });

  it('is refused by a run with another configuration', () => {
    const played = journaled(2);
    const other = { ...played.request, identity: { ...played.request.identity, configHash: 'another' } };

    expect(() => replayJournal(other)).toThrow(/record 1: foreign.*"configHash":"c".*"configHash":"another"|record 1: foreign/);
  });
});

describe('a damaged journal', () => {
  it('is refused when any one byte is another, but for its last line and the break before it', () => {
    const played = journaled(4);
    played.play(60);
    const lines = [...played.port.lines()];
    const all = lines.join('');
    const tail = lines.at(-1)!.length;
    fc.assert(fc.property(fc.nat(all.length - tail - 2), fc.integer({ min: 1, max: 127 }), (at, flip) => {
      const flipped = all.slice(0, at) + String.fromCharCode(all.charCodeAt(at) ^ flip) + all.slice(at + 1);
      const port = portOf(flipped.match(/[^\n]*\n|[^\n]+$/g) ?? []);

      expect(() => rehydrate({ ...played.request, port })).toThrow(JournalError);
    }), { numRuns: 300 });
  });

  it('is cut at a torn end: of 40 records the bytes of half a line are counted, noted, and no event is lost before them', () => {
    const played = journaled(6);
    played.play(40);
    const lines = [...played.port.lines()];
    const half = lines.at(-1)!.slice(0, 25);
    const port = portOf([...lines.slice(0, -1), half]);
    const { journal, cut, state } = rehydrate({ ...played.request, port });

    expect(cut).toBe(25);
    expect([...port.lines()].at(-1)).toContain(`"seq":${lines.length},"t":${state.now},"k":"tail-cut","bytes":25`);
    expect(journal.seq).toBe(lines.length);
    expect(rehydrate({ ...played.request, port }).cut).toBe(0);
  });

  it('is refused when a record is missing, when a line stands twice, and when it does not begin with a header', () => {
    const played = journaled(8);
    played.play(30);
    const lines = [...played.port.lines()];
    const refused = (changed: readonly string[]): string => {
      try {
        rehydrate({ ...played.request, port: portOf(changed) });
        return 'taken';
      } catch (error) {
        return (error as JournalError).problem;
      }
    };

    expect(refused(lines.toSpliced(5, 1))).toBe('gap');
    expect(refused(lines.toSpliced(5, 0, lines[5]!))).toBe('gap');
    expect(refused(lines.slice(1))).toBe('gap');
  });

  it('begins a file at midnight with the fingerprint of the one before, and is refused when that one is another', () => {
    const setup = chaoticSetup(1, 1);
    const request = (port: JournalPort, run = 'r') => ({ setup, port, bars: 'journaled' as const, identity: { run, engine: '1', configHash: '', strategyHash: '', dataHash: '' } });
    const twoDays = (lastTicks: number): MemoryPort => {
      const port = new MemoryPort();
      const journal = new Journal(request(port));
      const state = createState(setup);
      const out: Out = { commands: [], notes: [] };
      journal.step(state, bar(linear(), start + minute, [lastTicks, lastTicks, lastTicks, lastTicks]), out);
      journal.step(state, cycle(start + 86_400_000), out);
      return port;
    };
    const port = twoDays(100);
    const other = twoDays(101);
    const lines = [...port.lines()];
    const mixed = [...[...other.lines()].slice(0, 2), ...lines.slice(2)];

    expect(lines.map((line) => /"k":"([a-z-]+)"/.exec(line)?.[1])).toEqual(['header', 'bar-closed', 'header', 'cycle-closed']);
    expect(replayJournal(request(port)).replayed).toBe(2);
    expect(() => replayJournal(request(portOf(mixed)))).toThrow(/record 3: former/);
  });
});

describe('a crash', () => {
  it('I9: loses no command that was sent, whatever prefix of the unsynced rest and whichever snapshot remains, over 300 crashes', () => {
    let cuts = 0;
    let skipped = 0;
    fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 250 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('none' as const, 'lost' as const, 'torn' as const), (seed, length, part, damage) => {
      const played = journaled(seed);
      played.play(length, (i) => { if (i % 40 === 39) played.journal.snapshot(played.state); });
      const sent = played.commands.length;
      played.port.crash(Math.floor(part * played.port.unsynced), damage);

      const back = rehydrate(played.request);
      const recorded = [...played.port.lines()].flatMap((line) => line.match(/"tag":"/g) ?? []).length;
      expect(recorded).toBe(sent);
      expect(back.state.sequence).toBeLessThanOrEqual(played.state.sequence);
      expect(stateText(replayJournal(played.request).state)).toBe(stateText(back.state));
      cuts += back.cut > 0 ? 1 : 0;
      skipped += back.skipped;
    }), { numRuns: 300 });
    expect(cuts).toBeGreaterThan(5);
    expect(skipped).toBeGreaterThan(20);
  });

  it('between an event and the record of its commands leaves them unsent: the restart that follows is no difference', () => {
    const played = journaled(12);
    let lines: readonly string[] = [];
    while (lines.length === 0) {
      const before = [...played.port.lines()];
      played.play(1);
      const after = [...played.port.lines()];
      if (after.at(-1)!.includes('"k":"commands"')) lines = after.slice(0, before.length + 1);
    }
    const port = portOf(lines);
    const back = rehydrate({ ...played.request, port });
    const out: Out = { commands: [], notes: [] };
    back.journal.restart(back.state, back.state.now, out);
    back.journal.step(back.state, { tag: 'timer', at: back.state.now }, out);

    expect(back.unsent).toBe(1);
    expect(replayJournal({ ...played.request, port }).unsent).toBe(1);
  });

  it('is not survived by events that go on without a restart after commands that never left', () => {
    const played = journaled(12);
    played.play(100);
    const lines = [...played.port.lines()];
    const at = lines.findIndex((line) => line.includes('"k":"commands"'));
    const port = portOf(lines.slice(0, at));
    const back = rehydrate({ ...played.request, port });
    back.journal.step(back.state, { tag: 'timer', at: back.state.now }, { commands: [], notes: [] });

    expect(() => replayJournal({ ...played.request, port })).toThrow(/differs/);
  });

  it('of everything, header included, leaves a journal that begins anew', () => {
    const played = journaled(13);
    const port = portOf([[...played.port.lines()][0]!.slice(0, 40)]);
    const back = rehydrate({ ...played.request, port });

    expect(back).toMatchObject({ replayed: 0, cut: 40 });
    expect([...port.lines()].map((line) => /"k":"([a-z-]+)"/.exec(line)?.[1])).toEqual(['header', 'tail-cut']);
  });
});
