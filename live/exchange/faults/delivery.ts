/**
 * What a plan makes of one frame on its way out: nothing, later, twice, changed, after the next one, in another order, or
 * bytes that are no frame. Times are wall time.
 */
import type { Frame, Leaving } from '../streams/index.ts';
import type { Row } from '../world.ts';
import { shuffled } from './chance.ts';
import type { EffectOf } from './plan.ts';
import type { Due } from './rules.ts';
import { isRow } from './rows.ts';

type Out = (leaving: Leaving) => void;
interface Group { readonly held: { readonly topic: string; readonly items: readonly Leaving[] }[]; readonly timer: NodeJS.Timeout }

/** Pushes kept for a replay. */
const keptMost = 50;

export class Delivery {
  /** Frames that wait for the next one, by connection and topic. */
  readonly #swapped = new Map<string, readonly Leaving[]>();
  /** Rows that wait for the next frame, by connection and topic. */
  readonly #merged = new Map<string, readonly unknown[]>();
  readonly #muted = new Set<number>();
  readonly #groups = new Map<number, Group>();
  readonly #past: Row[] = [];

  /** Keeps what was pushed, for replays. */
  keep({ topic, body }: Frame): void {
    if (topic === '') return;
    this.#past.push(body);
    if (this.#past.length > keptMost) this.#past.shift();
  }

  leave(frame: Frame, due: readonly Due[], out: Out): void {
    if (this.#muted.has(frame.connection)) return;
    const place = `${frame.connection} ${frame.topic}`;
    const waiting = this.#merged.get(place);
    const body = waiting === undefined ? frame.body : withRows(frame.body, (rows) => [...waiting, ...rows]);
    this.#merged.delete(place);
    let items: readonly Leaving[] = [{ tag: 'send', payload: body, afterMs: 0 }];
    for (const one of due) items = this.#changed(items, one, frame, place);
    const swapped = this.#swapped.get(place) ?? [];
    if (due.some(({ effect }) => effect.tag === 'swap')) {
      this.#swapped.set(place, [...swapped, ...items]);
      return;
    }
    this.#swapped.delete(place);
    const shuffle = due.find(({ effect }) => effect.tag === 'shuffle');
    if (shuffle !== undefined && shuffle.effect.tag === 'shuffle') this.#gather(frame, [...items, ...swapped], { ...shuffle, effect: shuffle.effect }, out);
    else for (const item of [...items, ...swapped]) out(item);
  }

  #changed(items: readonly Leaving[], { effect, draw }: Due, frame: Frame, place: string): readonly Leaving[] {
    switch (effect.tag) {
      case 'drop': return [];
      case 'mute':
        this.#muted.add(frame.connection);
        return [];
      case 'delay': {
        const ms = effect.ms + Math.round(draw() * effect.spreadMs);
        return items.map((item) => ({ ...item, afterMs: item.afterMs + ms }));
      }
      case 'twice': return items.flatMap((item) => [item, { ...item, afterMs: item.afterMs + effect.gapMs }]);
      case 'edit': return items.map((item) => (item.tag === 'send' && isFrame(item.payload) ? { ...item, payload: edited(item.payload, effect) } : item));
      case 'also': return [...items, { tag: 'send', payload: further(frame, effect), afterMs: items.at(-1)?.afterMs ?? 0 }];
      case 'raw': {
        const bytes: Leaving = { tag: 'send', payload: effect.isBinary ? Buffer.from(effect.text) : effect.text, afterMs: 0 };
        return effect.isInstead ? [bytes] : [bytes, ...items];
      }
      case 'close': return [...(effect.isSent ? items : []), { tag: 'close', code: effect.code, afterMs: effect.afterMs }];
      case 'merge': {
        this.#merged.set(place, rowsOf(frame.body));
        return [];
      }
      case 'replay': return [...items, ...this.#past.slice(-effect.count).map((payload): Leaving => ({ tag: 'send', payload, afterMs: 0 }))];
      default: return items;
    }
  }

  /** Topics in a random order, frames of one topic in theirs. */
  #gather(frame: Frame, items: readonly Leaving[], { effect, draw }: { readonly effect: EffectOf<'shuffle'>; readonly draw: () => number }, out: Out): void {
    const known = this.#groups.get(frame.connection);
    if (known !== undefined) {
      known.held.push({ topic: frame.topic, items });
      return;
    }
    const held: Group['held'] = [{ topic: frame.topic, items }];
    const timer = setTimeout(() => {
      this.#groups.delete(frame.connection);
      const topics = shuffled([...new Set(held.map(({ topic }) => topic))].sort(), draw);
      topics.forEach((topic, place) => {
        const own = held.filter((one) => one.topic === topic).flatMap((one) => one.items);
        for (const item of own) out({ ...item, afterMs: item.afterMs + place * effect.gapMs });
      });
    }, effect.withinMs);
    this.#groups.set(frame.connection, { held, timer });
  }

  close(): void {
    for (const { timer } of this.#groups.values()) clearTimeout(timer);
    this.#groups.clear();
  }
}

/** Rows of a push: a list, or one object. */
export function rowsOf(body: Row): readonly Row[] {
  const inner = body['data'];
  return (Array.isArray(inner) ? inner : [inner]).filter(isRow);
}

function withRows(body: Row, change: (rows: readonly Row[]) => readonly unknown[]): Row {
  return Array.isArray(body['data']) ? { ...body, data: change(rowsOf(body)) } : { ...body, data: change(rowsOf(body))[0] };
}

function edited(body: Row, { frame, row, without, shift }: EffectOf<'edit'>): Row {
  const isAnswer = body['topic'] === undefined;
  const bare = Object.fromEntries(Object.entries({ ...body, ...frame }).filter(([key]) => !(isAnswer && without.includes(key))));
  return isAnswer ? bare : withRows(bare, (rows) => rows.map((own) => {
    const told = Object.fromEntries(Object.entries({ ...own, ...row }).filter(([key]) => !without.includes(key)));
    for (const [key, ms] of Object.entries(shift)) told[key] = typeof told[key] === 'number' ? told[key] + ms : String(Number(told[key]) + ms);
    return told;
  }));
}

function further({ body }: Frame, { row, topic }: EffectOf<'also'>): Row {
  return withRows({ ...body, ...(topic === null ? {} : { topic }) }, (rows) => rows.map((own) => ({ ...own, ...row })));
}

function isFrame(payload: Row | string | Uint8Array): payload is Row {
  return typeof payload === 'object' && !(payload instanceof Uint8Array);
}
