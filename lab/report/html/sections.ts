/** The parts of the document, in the order of a reader's attention; each is markup made of the story alone. */
import { counted, dayOf, grouped, moneyDecimals, signed, signedPercent } from '../words.ts';
import { costsDrawn, excursionsDrawn, resultsDrawn, spansTold } from './figures-drawn.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import type { Figure, Story } from '../story.ts';
import { lasting } from './verdict.ts';

export const moneyPlaces = ({ settle }: Pick<Story, 'settle'>): number => (settle === 'coin' ? 8 : moneyDecimals(settle));
const stamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

export function head(story: Story): Markup {
  return html`<header><div>
${story.alarms.map((text) => html`<p class="alarm">${text}</p>`)}
<h1>${story.verdict}</h1>
<p class="quiet">${story.title} · ${story.market} · ${story.mode} · ${dayOf(story.from)} to ${dayOf(story.to)} UTC · run ${story.run}</p>
</div><button type="button" id="theme" class="screen" aria-label="Light or dark">Light / dark</button></header>`;
}

/** A figure as people read it: sign where it is the news, percent for fractions, the interval in the same unit. */
export function figureText({ value, unit }: Pick<Figure, 'value' | 'unit'>, places: number): string {
  if (value === null) return 'n/a';
  if (unit === 'fraction') return signedPercent(value, 2);
  if (unit === 'share') return `${grouped(value * 100, 2)} %`;
  if (unit === 'money') return signed(value, places);
  if (unit === 'R') return `${signed(value, 2)} R`;
  if (unit === 'ms') return lasting(value);
  return unit === 'count' ? grouped(value, 0) : grouped(value, 2);
}

export function figures(story: Story): Markup {
  const places = moneyPlaces(story);
  const doubt = ({ low, high, unit }: Figure): string =>
    (low === null || high === null ? '' : `95 %: ${figureText({ value: low, unit }, places)} to ${figureText({ value: high, unit }, places)}`);
  return html`<dl class="figures">${story.figures.map((one) => html`<div><dt>${one.name}</dt><dd>${figureText(one, places)}${one.unit === 'money' && one.value !== null ? ` ${story.settle}` : ''}
<small>${one.sample}</small><small>${doubt(one)}</small></dd></div>`)}</dl>`;
}

export function charts(story: Story): Markup {
  const pick = story.candles.length < 2 ? '' : html`<label>Symbol <select id="symbol">${story.candles.map(({ symbol }) => html`<option>${symbol}</option>`)}</select></label>`;
  const price = story.candles.length === 0 ? html`<p class="quiet">No candles: ${story.candlesMissing}</p>`
    : html`<div class="bar screen">${pick}<button type="button" id="whole">Whole run</button>
<span class="quiet">Drag to move, wheel to zoom; with the keyboard: arrows, + and -. Triangles are entries, squares exits, the stepped line is the stop, the red stretch what a stop paid beyond it. Times are UTC.</span></div>
<div id="price" class="chart" tabindex="0" role="application" aria-label="Price with orders, stops and exits"></div><p id="price-facts" class="facts" aria-live="polite"></p>`;
  return html`<section><h2>Price and equity</h2>${price}
<div class="bar screen"><label><input type="checkbox" id="log"> Equity on a log scale</label></div>
<div id="equity" class="chart low" tabindex="0" role="application" aria-label="Equity and depth below its peak"></div><p id="equity-facts" class="facts" aria-live="polite"></p></section>`;
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function months({ months: all }: Story): Markup {
  const years = [...new Set(all.map(({ year }) => year))];
  const cell = (year: number, month: number): Markup => {
    const found = all.find((one) => one.year === year && one.month === month);
    if (found === undefined) return html`<td></td>`;
    return html`<td class="${found.value < 0 ? 'loss' : 'gain'}${found.isPart ? ' part' : ''}">${signed(found.value * 100, 1)}</td>`;
  };
  const whole = (year: number): number => all.filter((one) => one.year === year).reduce((product, { value }) => product * (1 + value), 1) - 1;
  return html`<section><h2>Month by month, %</h2><div class="wide"><table class="months"><thead><tr><th class="text">Year</th>${monthNames.map((name) => html`<th>${name}</th>`)}<th>Year</th></tr></thead>
<tbody>${years.map((year) => html`<tr><td class="text">${String(year)}</td>${monthNames.map((_, i) => cell(year, i + 1))}<td class="${whole(year) < 0 ? 'loss' : 'gain'}">${signed(whole(year) * 100, 1)}</td></tr>`)}</tbody></table></div>
<p class="quiet">Change of equity at mark; months in italics are not whole.</p></section>`;
}

export function trades(story: Story): Markup {
  const shown = story.trades.net.length;
  const cut = story.tradeCount > shown ? ` The newest ${grouped(shown, 0)} of ${grouped(story.tradeCount, 0)} are listed.` : '';
  if (shown === 0) return html`<section><h2>Trades</h2><p class="quiet">None was closed.</p></section>`;
  const columns: readonly (readonly [string, string])[] = [
    ['closedAt', 'Closed, UTC'], ['symbol', 'Symbol'], ['side', 'Side'], ['qty', 'Quantity'], ['entry', 'Entry'], ['exit', 'Exit'], ['net', `Net ${story.settle}`], ['r', 'R'], ['exitReason', 'Exit by'],
  ];
  const isText = (key: string): boolean => ['closedAt', 'symbol', 'side', 'exitReason'].includes(key);
  return html`<section><h2>Trades</h2><div class="plots">${resultsDrawn(story.trades)}${excursionsDrawn(story.trades)}</div>
<p class="quiet">Choose a trade to see it on the chart.${cut}</p>
<div class="wide"><table class="trades"><thead><tr>${columns.map(([key, name]) => html`<th class="${isText(key) ? 'text' : ''}"><button type="button" data-sort="${key}">${name}</button></th>`)}</tr></thead><tbody id="trades"></tbody></table></div>
<div class="bar screen"><button type="button" id="earlier">Earlier</button><button type="button" id="later">Later</button><span id="page" class="quiet"></span></div></section>`;
}

export function costs(story: Story): Markup {
  const { tradedValue, executions, fees, funding, slippage, settle, unrealised } = story.costs;
  const places = moneyPlaces(story);
  const rate = tradedValue > 0 ? `${grouped(((fees - funding + slippage) / tradedValue) * 10_000, 1)} bps of ${grouped(tradedValue, 0)} ${settle} traded` : 'nothing was traded';
  const open = Math.abs(unrealised) > 1e-9 ? ` Net holds ${signed(unrealised, places)} ${settle} of what is still open, at its mark.` : '';
  return html`<section><h2>What it cost</h2>${costsDrawn(story.costs, places)}<p class="quiet">Costs are ${rate} (n = ${grouped(executions, 0)} executions).${open}</p></section>`;
}

export function unknown(story: Story): Markup {
  const { ambiguousBars, ambiguousTrades, path, band, warnings } = story.unknown;
  const bars = ambiguousBars === 0 ? 'No fill depends on which extreme of a bar came first.'
    : `${counted(ambiguousBars, 'bar')} and ${counted(ambiguousTrades, 'trade')} could have gone either way; the ${path} path decided.`;
  const places = moneyPlaces(story);
  const paths = band.length === 0 ? html`<p class="quiet">The other paths were not played: holdfast backtest --band plays them.</p>`
    : html`<table><thead><tr><th class="text">Path</th><th>Net ${story.settle}</th><th>Trades</th><th>Max drawdown</th></tr></thead><tbody>${band.map((one) =>
      html`<tr><td class="text">${one.path}</td><td>${signed(one.net, places)}</td><td>${grouped(one.trades, 0)}</td><td>${grouped(one.maxDrawdown * 100, 2)} %</td></tr>`)}</tbody></table>`;
  const list = warnings.length === 0 ? html`<p>No warning.</p>` : html`<div class="wide"><table><thead><tr><th class="text">Warning</th><th class="text">Symbol</th><th>Times</th><th class="text">What</th></tr></thead><tbody>${warnings.map((one) =>
    html`<tr><td class="text">${one.code}</td><td class="text">${one.symbol}</td><td>${grouped(one.count, 0)}</td><td class="words">${one.text}</td></tr>`)}</tbody></table></div>`;
  const refused = story.refusals.length === 0 ? html`` : html`<p class="quiet">Refused or changed: ${story.refusals.map(({ reason, count }) => `${reason} ${grouped(count, 0)}`).join(', ')}.</p>`;
  return html`<section><h2>What could not be known</h2><p>${bars}</p>${paths}${list}${refused}</section>`;
}

export function safety({ safety: told, settle }: Story): Markup {
  const { bare, bareMs, waived, halts, faults, stops } = told;
  const places = moneyPlaces({ settle });
  const held = bareMs === 0 ? 'Every position had its stop at the exchange at all times.' : `Positions stood ${lasting(bareMs)} without a stop in all.`;
  const choice = waived === 0 ? '' : ` ${counted(waived, 'position')} had none by choice.`;
  const paid = stops.count === 0 ? 'No stop fired.' : `${counted(stops.count, 'stop')} fired; beyond their triggers they paid ${grouped(stops.meanBps ?? 0, 1)} bps on average, `
    + `${grouped(stops.worstBps ?? 0, 1)} bps at worst, ${signed(-stops.cost, places)} ${settle} in all.`;
  const storm = faults === null ? html`<p class="quiet">Nothing was made to go wrong in this run: holdfast backtest --faults storm --restarts 5 does it.</p>`
    : html`<p>Plan ${faults.plan}, seed ${String(faults.seed)}: ${counted(faults.fired.reduce((sum, { count }) => sum + count, 0), 'fault')}, ${counted(faults.restarts, 'restart')}, ${counted(faults.violations, 'violation')}.
Without a stop while running ${lasting(faults.unprotectedMs)}, at most ${lasting(faults.longestMs)} at a time; while the engine was down ${lasting(faults.downMs)}.
It ended ${faults.mode}; engine and exchange ${faults.agrees ? 'agreed' : 'did not agree'} on position and money.</p>
<p class="quiet">${faults.fired.map(({ family, count }) => `${family} ${grouped(count, 0)}`).join(', ')}</p>`;
  const stood = bare.length === 0 ? html`` : html`<ul>${spansTold(bare).map((text) => html`<li>${text}</li>`)}</ul>`;
  const halted = halts.length === 0 ? html`<p>It never halted.</p>`
    : html`<ul>${halts.map(({ at, cause, evidence }) => html`<li>Halted ${stamp(at)} UTC, ${cause}: ${evidence}</li>`)}</ul>`;
  return html`<section><h2>Safety</h2><p>${held}${choice}</p><p>${paid}</p>${stood}${halted}${storm}</section>`;
}

export function rules(story: Story): Markup {
  if (story.rules.length === 0) return html`<section><h2>Instrument rules</h2><p class="quiet">The run does not say what rules it went by.</p></section>`;
  const names = ['Symbol', 'From', 'Tick', 'Quantity step', 'Taker %', 'Maker %', 'Leverage', 'Source'];
  const isText = (name: string): boolean => ['Symbol', 'From', 'Source'].includes(name);
  const rate = (text: string): string => String(Number((Number(text) * 100).toPrecision(6)));
  return html`<section><h2>Instrument rules</h2><div class="wide"><table><thead><tr>${names.map((name) => html`<th class="${isText(name) ? 'text' : ''}">${name}</th>`)}</tr></thead>
<tbody>${story.rules.map((one) => html`<tr><td class="text">${one.symbol}</td><td class="text">${one.time}</td><td>${one.tick}</td><td>${one.qtyStep}</td>
<td>${rate(one.takerRate)}</td><td>${rate(one.makerRate)}</td><td>${one.maxLeverage} x</td><td class="words">${one.source}</td></tr>`)}</tbody></table></div></section>`;
}

export function settings(story: Story): Markup {
  return html`<section><h2>Settings and hashes</h2><div class="settings">${story.settings.map(({ name, value }) => html`<div><span class="quiet">${name}</span><code>${value}</code></div>`)}</div>
<div class="wide"><table><tbody>${story.hashes.map(({ name, value }) => html`<tr><td class="text">${name}</td><td class="text"><code>${value}</code></td></tr>`)}</tbody></table></div></section>`;
}
