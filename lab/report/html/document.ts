/** The whole document: one file that needs nothing else, asks the network for nothing, and reads without its script, too. */
import { html, inScript, Markup } from './markup.ts';
import { charts, costs, figures, head, months, rules, safety, settings, trades, unknown } from './sections.ts';
import type { Story } from '../story.ts';
import { style } from './style.ts';

/** Nothing may be loaded from anywhere. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

export function documentOf(story: Story, script: string): string {
  const body = [head, figures, charts, months, trades, costs, unknown, safety, rules, settings].map((section) => section(story));
  return page(`${story.title}, ${story.run}`, html`<main>${body}${foot(story)}</main>`, story, script);
}

/** `data` is what the script reads. */
export function page(title: string, body: Markup, data: unknown, script: string): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${title}</title><style>${new Markup(style)}</style></head>
<body>${body}<script type="application/json" id="story">${new Markup(inScript(data))}</script><script>${new Markup(script)}</script></body></html>
`.text;
}

function foot({ run, createdAt }: Story): Markup {
  return html`<footer>Stored ${new Date(createdAt).toISOString().slice(0, 19).replace('T', ' ')} UTC. The same numbers: holdfast query "SELECT * FROM trades WHERE run = '${run}'". Charts by TradingView Lightweight Charts (Apache-2.0).</footer>`;
}
