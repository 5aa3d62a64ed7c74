/** The report as Markdown, for whoever keeps notes: the same story without pictures. */
import { dayOf, grouped, signed } from '../words.ts';
import { figureText, moneyPlaces } from './sections.ts';
import type { Story } from '../story.ts';
import { lasting } from './verdict.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function markdownOf(story: Story): string {
  const places = moneyPlaces(story);
  const { costs, safety, unknown } = story;
  const money = (value: number): string => `${signed(value, places)} ${story.settle}`;
  return [
    ...story.alarms.map((text) => `> **${text}**\n`),
    `# ${story.verdict}`, '',
    `${story.title} · ${story.market} · ${story.mode} · ${dayOf(story.from)} to ${dayOf(story.to)} UTC · run \`${story.run}\``, '',
    '| Number | Value | Sample | 95 % |', '| --- | ---: | --- | --- |',
    ...story.figures.map((one) => `| ${one.name} | ${figureText(one, places)} | ${cell(one.sample)} | ${one.low === null || one.high === null ? '' : `${figureText({ value: one.low, unit: one.unit }, places)} to ${figureText({ value: one.high, unit: one.unit }, places)}`} |`),
    '', '## Month by month', '', '| Month | % |', '| --- | ---: |',
    ...story.months.map(({ year, month, value, isPart }) => `| ${year}-${String(month).padStart(2, '0')}${isPart ? ' (part)' : ''} | ${signed(value * 100, 1)} |`),
    '', '## What it cost', '',
    `Without costs ${money(costs.ideal)}, slippage ${money(-costs.slippage)}, fees ${money(-costs.fees)}, funding ${money(costs.funding)}, net ${money(costs.net)}.`,
    '', '## What could not be known', '',
    `${grouped(unknown.ambiguousBars, 0)} ambiguous bars, ${grouped(unknown.ambiguousTrades, 0)} ambiguous trades; path ${unknown.path}.`,
    ...unknown.warnings.map(({ code, symbol, count, text }) => `- ${code} ${symbol} (${count}): ${text}`),
    '', '## Safety', '',
    safety.bareMs === 0 ? 'Every position had its stop at the exchange at all times.' : `Positions stood ${lasting(safety.bareMs)} without a stop in all.`,
    ...safety.halts.map(({ at, cause, evidence }) => `- Halted ${new Date(at).toISOString()}, ${cause}: ${evidence}`),
    '', '## Instrument rules', '',
    ...story.rules.map(({ symbol, time, source, tick, qtyStep, takerRate, makerRate }) =>
      `- ${symbol}: ${time}; tick ${tick}, step ${qtyStep}, fees ${takerRate} taker and ${makerRate} maker; ${source}`),
    '', '## Hashes', '', ...story.hashes.map(({ name, value }) => `- ${name}: \`${value}\``), '',
  ].join('\n');
}
