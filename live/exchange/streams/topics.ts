/**
 * Names of topics: which a stream knows, and which of them a push belongs to.
 *
 * Source: protocol sheet, section 8.
 */
import type { Push } from '../world.ts';

const categorised = ['order', 'execution', 'execution.fast', 'position'] as const;
const categories = ['linear', 'inverse', 'spot', 'option'] as const;
const intervals = new Set(['1', '3', '5', '15', '30', '60', '120', '240', '360', '720', 'D', 'W', 'M']);
const depths = new Set(['1', '50', '200', '1000']);

/** `isOfCategory`: `order.linear` beside the all-in-one `order`. Null = no such topic. */
interface PrivateTopic { readonly name: string; readonly isOfCategory: boolean }

function privateTopic(topic: string): PrivateTopic | null {
  if (topic === 'wallet' || topic === 'greeks' || topic === 'dcp.future') return { name: topic, isOfCategory: false };
  for (const name of categorised) {
    if (topic === name) return { name, isOfCategory: false };
    if (categories.some((category) => topic === `${name}.${category}`)) return { name, isOfCategory: true };
  }
  return null;
}

/** Null = taken; otherwise the text of the refusal, which goes for the whole request. */
export function privateRefusal(topics: readonly string[]): string | null {
  const unknown = topics.find((topic) => privateTopic(topic) === null);
  if (unknown !== undefined) return `Invalid topic: ${unknown}`;
  const read = topics.map((topic) => privateTopic(topic));
  const mixed = read.find((one) => one?.isOfCategory === true && read.some((other) => other?.name === one.name && !other.isOfCategory));
  return mixed === undefined || mixed === null ? null : `Topic ${mixed.name} is subscribed to as all-in-one and by category in one request`;
}

/** `symbols` = traded at this address. */
export function publicRefusal(topics: readonly string[], symbols: readonly string[]): string | null {
  const unknown = topics.find((topic) => !isPublic(topic, symbols));
  return unknown === undefined ? null : `Invalid topic: ${unknown}`;
}

function isPublic(topic: string, symbols: readonly string[]): boolean {
  const parts = topic.split('.');
  const symbol = parts.at(-1) ?? '';
  if (!symbols.includes(symbol)) return false;
  if (parts.length === 2) return ['tickers', 'publicTrade', 'priceLimit', 'allLiquidation'].includes(parts[0] ?? '');
  if (parts.length !== 3) return false;
  return (parts[0] === 'kline' && intervals.has(parts[1] ?? '')) || (parts[0] === 'orderbook' && depths.has(parts[1] ?? ''));
}

/** Depth and symbol of an order book topic. */
export function bookOf(topic: string): { readonly depth: number; readonly symbol: string } | null {
  const match = /^orderbook\.(\d+)\.(.+)$/.exec(topic);
  return match === null ? null : { depth: Number(match[1]), symbol: match[2] ?? '' };
}

/** Topics under which a push of the account goes out. */
export function topicsOfPush({ topic }: Push, category: string): readonly string[] {
  if (topic === 'wallet') return ['wallet'];
  const names = [topic, `${topic}.${category}`];
  return topic === 'execution' ? [...names, 'execution.fast', `execution.fast.${category}`] : names;
}
