/** The look of a report: tokens for light, dark and paper, two sizes, two weights, an 8 px grid, figures that line up. */

export const style = `
:root { --ground:#ffffff; --panel:#f6f7f8; --ink:#1b1f24; --quiet:#5b6470; --line:#d6dbe1; --long:#2f6fde; --short:#c2570c; --safe:#0f766e; --bare:#b42318; --candle:#7a828c; color-scheme: light; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --ground:#14171b; --panel:#1c2026; --ink:#e6e9ed; --quiet:#9aa4b0; --line:#343b44; --long:#6ea8ff; --short:#ff9d5c; --safe:#4fd1c5; --bare:#ff7a70; --candle:#8d97a3; color-scheme: dark; } }
:root[data-theme=dark] { --ground:#14171b; --panel:#1c2026; --ink:#e6e9ed; --quiet:#9aa4b0; --line:#343b44; --long:#6ea8ff; --short:#ff9d5c; --safe:#4fd1c5; --bare:#ff7a70; --candle:#8d97a3; color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 22px; line-height: 1.35; font-weight: 600; margin: 0 0 8px; }
h2 { font-size: 15px; font-weight: 600; margin: 40px 0 8px; }
p { margin: 0 0 8px; max-width: 80ch; }
a { color: var(--long); }
.quiet, figcaption, th, dt { color: var(--quiet); }
.alarm { color: var(--bare); font-weight: 600; }
.alarm::before { content: "\\25B2  "; }
header { display: flex; gap: 16px; justify-content: space-between; align-items: flex-start; }
button, select { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 4px 8px; min-height: 32px; }
:focus-visible { outline: 2px solid var(--long); outline-offset: 2px; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 16px 24px; margin: 24px 0 0; }
.figures dt { font-size: 13px; }
.figures dd { margin: 0; font-size: 22px; line-height: 1.3; }
.figures small { display: block; font-size: 13px; color: var(--quiet); }
.chart { height: 420px; position: relative; border: 1px solid var(--line); }
.chart.low { height: 320px; margin-top: 8px; }
.facts { min-height: 24px; font-size: 13px; margin: 8px 0 0; }
.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 8px 0; }
.bar .quiet { font-size: 13px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: right; padding: 4px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
th.text, td.text { text-align: left; }
td.words { white-space: normal; text-align: left; min-width: 240px; }
thead th { position: sticky; top: 0; background: var(--ground); }
thead th button { border: 0; background: none; padding: 0; min-height: 0; color: inherit; }
tbody tr[tabindex] { cursor: pointer; }
tbody tr[tabindex]:hover { background: var(--panel); }
.gain { color: var(--long); fill: var(--long); } .loss { color: var(--short); fill: var(--short); }
.total { fill: var(--quiet); } .cross { stroke: var(--short); stroke-width: 1.5; fill: none; }
.months td { min-width: 56px; } .part { font-style: italic; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 24px; }
figure { margin: 0; } figcaption { font-size: 13px; margin-bottom: 8px; }
.plot { width: 100%; height: auto; } .plot text { font-size: 11px; fill: var(--quiet); } .plot .number { fill: var(--ink); }
.axis { stroke: var(--line); }
.settings { columns: 2 320px; column-gap: 32px; font-size: 13px; } .settings div { display: flex; justify-content: space-between; gap: 16px; break-inside: avoid; }
code { font: 13px ui-monospace, "SF Mono", Consolas, monospace; overflow-wrap: anywhere; }
footer { margin-top: 48px; font-size: 13px; color: var(--quiet); }
@media (max-width: 600px) { main { padding: 16px 12px 48px; } h1 { font-size: 19px; } .chart { height: 300px; } .chart.low { height: 240px; } }
@media print {
  :root, :root[data-theme=dark] { --ground:#fff; --panel:#fff; --ink:#000; --quiet:#444; --line:#bbb; --long:#2f6fde; --short:#c2570c; --safe:#0f766e; --bare:#b42318; --candle:#7a828c; color-scheme: light; }
  main { max-width: none; padding: 0; } .bar, .screen, thead th button::after { display: none; } h2 { break-after: avoid; } figure, .figures, .chart, table { break-inside: avoid; }
  .trades tbody tr:nth-child(n+41) { display: none; }
}
`;
