/** Two runs side by side: what came out of each, whether the difference is more than luck, and which settings differ. */
import { dayOf, signed } from '../words.ts';
import { page } from './document.ts';
import type { Comparison } from '../compared/index.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { figureText, moneyPlaces } from './sections.ts';
import type { Figure, Story } from '../story.ts';

export function differenceDocument(one: Story, other: Story, compared: Comparison, script: string): string {
  const body = html`<main><header><div><h1>${verdictOf(one, other, compared)}</h1><p class="quiet">A: ${one.run}, ${one.title} · B: ${other.run}, ${other.title}</p></div>
<button type="button" id="theme" class="screen" aria-label="Light or dark">Light / dark</button></header>
<section><h2>Equity, both from 100</h2><div id="equity" class="chart" tabindex="0" role="application" aria-label="Equity of both runs"></div><p id="equity-facts" class="facts" aria-live="polite"></p></section>
${numbers(one, other)}${differing('Settings that differ', one.settings, other.settings)}${differing('Hashes that differ', one.hashes, other.hashes)}
<footer>Charts by TradingView Lightweight Charts (Apache-2.0).</footer></main>`;
  return page(`${one.run} and ${other.run}`, body, { one: one.equity, other: other.equity, names: [`A ${one.strategy}`, `B ${other.strategy}`] }, script);
}

/** By the days that both have, as `holdfast compare` pairs them; more than luck only when the interval leaves zero out. */
function verdictOf(one: Story, other: Story, { differences: [daily], verdict }: Comparison): string {
  const net = `A ${signed(one.costs.net, moneyPlaces(one))} ${one.settle}, B ${signed(other.costs.net, moneyPlaces(other))} ${other.settle}`;
  if (daily === undefined || daily.value === null) return `${net}; ${daily?.sample ?? 'not enough days in common'} to say which is better.`;
  const text = `B - A is ${signed(daily.value, 2)} bps a day`;
  if (daily.range === null) return `${net}; ${text}.`;
  const interval = `95 %: ${signed(daily.range.low, 2)} to ${signed(daily.range.high, 2)} bps, ${daily.sample}`;
  return verdict === 'luck' ? `${net}; ${text}, which may be luck (${interval}).` : `${net}; ${text}, more than luck (${interval}).`;
}

function numbers(one: Story, other: Story): Markup {
  const places = moneyPlaces(one);
  const row = (figure: Figure, i: number): Markup => {
    const mate = other.figures[i];
    return html`<tr><td class="text">${figure.name}</td><td>${figureText(figure, places)}</td><td class="text quiet">${figure.sample}</td><td>${mate === undefined ? '' : figureText(mate, places)}</td><td class="text quiet">${mate?.sample ?? ''}</td></tr>`;
  };
  const span = (story: Story): string => `${dayOf(story.from)} to ${dayOf(story.to)}`;
  return html`<section><h2>Numbers</h2><div class="wide"><table><thead><tr><th class="text"></th><th>A</th><th class="text">${span(one)}</th><th>B</th><th class="text">${span(other)}</th></tr></thead><tbody>${one.figures.map(row)}</tbody></table></div></section>`;
}

type Pairs = Story['settings'];

function differing(title: string, one: Pairs, other: Pairs): Markup {
  const values = new Map(other.map(({ name, value }) => [name, value]));
  const names = [...new Set([...one, ...other].map(({ name }) => name))];
  const own = new Map(one.map(({ name, value }) => [name, value]));
  const rows = names.filter((name) => own.get(name) !== values.get(name));
  return html`<section><h2>${title}</h2>${rows.length === 0 ? html`<p class="quiet">None.</p>` : html`<div class="wide"><table><thead><tr><th class="text">Name</th><th class="text">A</th><th class="text">B</th></tr></thead><tbody>${rows.map((name) =>
    html`<tr><td class="text">${name}</td><td class="text"><code>${own.get(name) ?? ''}</code></td><td class="text"><code>${values.get(name) ?? ''}</code></td></tr>`)}</tbody></table></div>`}</section>`;
}
