/** The list of trades: sorted by a click on a heading, fifty at a time, each row a way to the chart. */
import type { Story, TradeColumns } from '../story.ts';
import { grouped, signed, stamp } from './chart.ts';

const pageSize = 50;
type Key = 'closedAt' | 'symbol' | 'side' | 'qty' | 'entry' | 'exit' | 'net' | 'r' | 'exitReason';

export function listTrades(story: Story, choose: (index: number) => void): void {
  const body = document.getElementById('trades');
  const place = document.getElementById('page');
  if (body === null || place === null) return;
  const { trades } = story;
  let order = trades.net.map((_, i) => i).reverse();
  let first = 0;
  let sorted: { key: Key; isUp: boolean } = { key: 'closedAt', isUp: false };
  const show = (): void => {
    body.replaceChildren(...order.slice(first, first + pageSize).map((i) => rowOf(trades, i, () => choose(i))));
    place.textContent = `${grouped(Math.min(order.length, first + 1), 0)} to ${grouped(Math.min(order.length, first + pageSize), 0)} of ${grouped(order.length, 0)}`;
  };
  const turn = (by: number) => () => {
    first = Math.min(Math.max(0, first + by), Math.max(0, Math.floor((order.length - 1) / pageSize) * pageSize));
    show();
  };
  document.getElementById('earlier')?.addEventListener('click', turn(pageSize));
  document.getElementById('later')?.addEventListener('click', turn(-pageSize));
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-sort]')) {
    button.addEventListener('click', () => {
      const key = button.dataset['sort'] as Key;
      sorted = { key, isUp: sorted.key === key ? !sorted.isUp : true };
      order = order.toSorted((a, b) => compare(trades[key][a] ?? Number.NEGATIVE_INFINITY, trades[key][b] ?? Number.NEGATIVE_INFINITY) * (sorted.isUp ? 1 : -1));
      for (const other of document.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
      button.closest('th')?.setAttribute('aria-sort', sorted.isUp ? 'ascending' : 'descending');
      first = 0;
      show();
    });
  }
  show();
}

const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);

function rowOf(trades: TradeColumns, i: number, choose: () => void): HTMLTableRowElement {
  const row = document.createElement('tr');
  const cell = (text: string, kind = ''): void => {
    const made = row.insertCell();
    made.textContent = text;
    made.className = kind;
  };
  const r = trades.r[i];
  cell(stamp(trades.closedAt[i]!), 'text');
  cell(trades.symbol[i]!, 'text');
  cell(trades.side[i]!, `text ${trades.side[i] === 'long' ? 'gain' : 'loss'}`);
  cell(String(trades.qty[i]));
  cell(String(trades.entry[i]));
  cell(String(trades.exit[i]));
  cell(signed(trades.net[i]!, 2) + (trades.isEstimated[i] === true ? ' estimated' : ''), trades.net[i]! < 0 ? 'loss' : 'gain');
  cell(typeof r === 'number' ? signed(r, 2) : 'n/a');
  cell(trades.exitReason[i]!, 'text');
  row.tabIndex = 0;
  row.addEventListener('click', choose);
  row.addEventListener('keydown', (event) => { if (event.key === 'Enter') choose(); });
  return row;
}
