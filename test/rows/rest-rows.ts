/** Rows: the rest of the predecessor's capabilities, by what holds each. */
import { held, heldAndLater, later, notWanted } from './answer.ts';
import type { Row } from './answer.ts';

const core: Readonly<Record<string, Row>> = {
  'R-01': held(
    'one total, pure transition', 'engine/step: gives the same commands', 'engine/rules/stream: keeps invariants 1 to 5',
    'engine/model/model: keeps L3 to L8', 'schedules/schedules: keep every invariant',
  ),
  'R-02': held('commands are data', 'engine/step: are approved by the risk review only', 'engine/journal-codec: of all 24 and 7 kinds'),
  'R-03': notWanted('position against state, checked each tick', 'there is no second state that could differ: flat and open are the position itself'),
  'R-04': held('size 0 at the venue is a trade with executions', 'seed/transitions: size 0 at the venue closes', 'seed/transitions: size 0 at the venue that no execution'),
  'R-05': held('"zero position" is a question', 'seed/stop-states: refused because there is no position'),
  'R-06': held(
    'no entry while the venue is not known to be flat', 'seed/mistakes: a failed question at the start',
    'engine/recovery: is not over by a reading without %s',
  ),
  'R-07': held(
    'orders are known by either number', 'seed/transitions: a fill of an order that is not ours', 'live/bybit/links: orders of others are numbered from -2',
    'live/bybit/account-feed: orders of other runs, of people',
  ),
  'R-08': held('an execution counts once', 'seed/transitions: an execution told twice', 'engine/position: of more lots than 4,096'),
  'R-09': held(
    'any order of arrival ends in one position', 'engine/position: of one side has the same exact cost',
    'seed/transitions: no answer that comes twice', 'engine/recovery: messages dropped, repeated, late',
  ),
  'R-10': held(
    'late events do not count twice', 'seed/silence: row 10: a late fill', 'seed/transitions: no answer that comes twice',
    'engine/reconcile: that fills late counts',
  ),
  'R-11': held(
    'three differences before one counts', 'seed/transitions: size 0 at the venue that no execution',
    'seed/mistakes: a reading without a position', 'engine/reconcile: different in three readings',
    'engine/reconcile: that agrees once starts the count anew',
  ),
  'R-12': held('a partial entry is protected at once', 'seed/transitions: a partial fill is a position', 'seed/stop-states: has its stop from the first fill'),
  'R-13': held('more fills: weighted average', 'seed/transitions: more of the working entry'),
  'R-14': held(
    'more than was meant is trimmed', 'seed/mistakes: R-14', 'seed/mistakes: a late fill of an order given up',
    'engine/leaving: is trimmed to what was meant', 'engine/recovery: is trimmed when the reading is whole',
  ),
  'R-15': held('deleveraged', 'seed/transitions: deleveraged to 1', 'engine/link: a reduction by the venue'),
  'R-16': held('a liquidation halts and is booked', 'seed/transitions: liquidated while', 'seed/transitions: the loss of a liquidation'),
  'R-17': held('an exit that filled too much', 'seed/transitions: an exit that filled more'),
  'R-18': held('several take profits', 'engine/exits: of 0.25 at 105 and 0.75 at 110', 'seed/transitions: an exit of a part'),
  'R-19': notWanted('stop upkeep by change of size', 'the stop acts on the whole position and is declared, so size never asks for an upkeep'),
  'R-20': notWanted('place, amend or cancel and place a stop', 'there is one command for a stop; the venue has no order to amend'),
};

const entries: Readonly<Record<string, Row>> = {
  'R-21': held('grid by average range', 'strategies/golden: ${strategy.name} gives its expected ledger'),
  'R-22': held('first entry by regime, as the grid does it', 'strategies/golden: ${strategy.name} gives its expected ledger'),
  'R-23': notWanted('one label for the regime', 'a strategy\'s own idea; the one of the grid is the only definition there is'),
  'R-24': held('average range over closed bars only', 'engine/view: of a higher timeframe are its last closed bar', 'engine/rules/gates: leaves out a bar'),
  'R-25': held('gates in one order, the first failing is the reason', 'engine/rules/gates: cooldown before the day', 'sim/run/risk: with everything the preset has'),
  'R-26': held('stage by equity', 'engine/rules/sizing: is the smaller of cap and share', 'engine/rules/gates: by the leverage of the stage'),
  'R-27': held('stages that change too often', 'engine/rules/session: more than 2 within an hour'),
  'R-28': held('size by loss budget and margin', 'engine/rules/gates: by the loss budget', 'engine/rules/gates: by the share of margin', 'engine/size: the loss at the stop price'),
  'R-29': held('distance to liquidation', 'engine/rules/gates: by the liquidation price', 'engine/rules/liquidation: of a short of 2', 'seed/limits: a linear short at 3x'),
  'R-30': notWanted('maker first, then one taker a day', 'post-only, limit and market are the strategy\'s own words; the fee gate judges each'),
  'R-31': held('an entry ends at its time', 'seed/transitions: a limit entry is cancelled', 'engine/entries: of 1 bar is the default'),
  'R-32': notWanted('ten seconds off after a failed entry', 'decisions come with closed bars, and refusals in a row have their own breaker (R-33)'),
  'R-33': held('refusals in a row', 'engine/rules/session: three in a row for passing reasons', 'engine/rules/session: with a lasting reason'),
  'R-34': held(
    'order links follow from the decision', 'seed/mistakes: sent again it has its own number', 'live/bybit/links: a link has at most 36',
    'live/bybit/links: order 40 of leg 1',
  ),
  'R-35': held(
    'a duplicate link is ours', 'seed/mistakes: the order is ours', 'seed/mistakes: sent again it has its own number',
    'engine/failures: refused as a duplicate got through',
  ),
};

const risk: Readonly<Record<string, Row>> = {
  'R-40': held(
    'losses, streaks, fees and slippage pause for a time', 'engine/rules/session: of exactly 5 %', 'engine/rules/session: of exactly 12.5 %', 'engine/rules/session: of 3 pause until midnight',
    'engine/rules/session: needs two trades in a row', 'engine/rules/session: counts fills more than 2 off', 'seed/limits: pauses until',
  ),
  'R-41': held('equity, old balance, price shock', 'seed/transitions: equity used up', 'engine/rules/session: of -9.9 %', 'engine/rules/session: of 80 is enough', 'engine/rules/gates: by the age of prices'),
  'R-42': held('released at its time and once calm', 'engine/rules/session: is not released at its time'),
  'R-43': held(
    'a halt ends by hand, a cooldown by time', 'seed/six-bugs: a halted engine takes no entry',
    'seed/mistakes: a cooldown of five minutes', 'engine/mode: is a latch', 'engine/mode: pauses until its time',
  ),
  'R-44': held(
    'degraded, then halted', 'live/scenarios/links: for less than a minute', 'live/scenarios/links: for a minute: an alarm',
    'live/scenarios/links: requests go on', 'live/scenarios/links: a moved stop is tried again', 'seed/mistakes: a minute without connection', 'engine/rules/gates: by the link',
    'seed/mistakes: a cooldown of five minutes', 'engine/link: for 60,000 ms halts',
  ),
  'R-45': held('no network at all', 'live/scenarios/links: for a minute: halted with an alarm', 'seed/mistakes: a minute without connection'),
  'R-46': held('a budget of requests', 'live/bybit/budget: invariant 1', 'live/bybit/budget: a stop that comes last'),
  'R-47': held(
    'kill switch', 'live/door: a verb is done once', 'live/run: started again after an operator had restricted it', 'seed/transitions: a halt by hand', 'seed/mistakes: a failed entry does not keep',
    'engine/operator: halts: what could open ends',
  ),
  'R-48': held('fees paid against fees expected', 'engine/rules/gates: against fees, for a day'),
  'R-49': held('win rate', 'engine/rules/session: of 13 in 30', 'engine/rules/sizing: halves while fewer than 4'),
  'R-50': held('size by streaks', 'engine/rules/sizing: halves after 3 losses'),
  'R-51': held('equity stops, by the signed loss', 'engine/rules/session: 10 % under its peak'),
  'R-52': held('Kelly, never above the loss budget', 'engine/rules/sizing: by Kelly'),
  'R-53': heldAndLater('spread at entry', 'live wire', 'engine/rules/sources: slow links and spreads wait'),
  'R-54': held('goals of a run', 'engine/rules/session: at its goal of 1,100', 'engine/rules/session: ends after 2 closed trades'),
};

const operation: Readonly<Record<string, Row>> = {
  'R-60': later('message of an entry', 'operations'),
  'R-61': later('message of an exit', 'operations'),
  'R-62': heldAndLater('messages of halts, once each', 'operations', 'seed/six-bugs: a cause that repeats'),
  'R-63': later('no messages without a token', 'operations'),
  'R-64': later('watchdog on a heartbeat', 'operations'),
  'R-65': later('distance to liquidation, watched', 'operations'),
  'R-66': notWanted('a monitor that restarts', 'restarts are the supervisor\'s, and a loop of them is broken by the engine (S-15)'),
  'R-70': heldAndLater('a trade record that explains itself', 'live wire', 'data/store/store: shows after three saves', 'cli/run-config: has one hash'),
  'R-71': held(
    'the log survives a crash at any byte', 'engine/journal: I9: loses no command', 'engine/journal: is cut at a torn end',
    'data/journal/crash: in 24 rounds', 'data/journal/file-port: a torn end is cut', 'data/journal/power: at each of over 100 words',
  ),
  'R-72': held('halts with their evidence on record', 'engine/step: halts the engine with its words as evidence', 'sim/run/risk: pauses for the rest of a UTC day'),
  'R-73': held(
    'metrics', 'lab/report/metrics: 30 returns of', 'lab/report/metrics: 100, 120, 90', 'lab/report/metrics: 6 wins of 30',
    'cli/analysis: agree: Sharpe', 'cli/analysis: every way to group trades', 'lab/report/html/doubt: 8 of 10',
  ),
  'R-74': held('before and after, compared', 'lab/report/compared: of 200 noisy days', 'lab/report/compared: of 29 days in common', 'lab/report/compared: pairs trades'),
  'R-75': held('reports', 'cli/report: --diff sets a second run', 'lab/report/card: says first, in one sentence'),
  'R-76': later('analysis by the clock', 'operations'),
  'R-77': later('dashboard', 'operations'),
  'R-78': heldAndLater(
    'operator scripts', 'live wire', 'live/door: a verb is done once', 'live/door: names size, stop and orders', 'live/scenarios/links: halt, then close SYMBOL',
  ),
  'R-79': held(
    'start-up safety, and rules of the venue that change afterwards', 'live/scenarios/rules: are seen at the next look', 'live/bybit/rules-watch: are read again after a refusal',
    'cli/live: doctor looks and sets nothing', 'live/checks: leverage is set', 'live/checks: an equity below',
    'live/checks: isolated margin', 'live/checks: a key that may transfer',
  ),
  'R-80': held(
    'one clock', 'live/clocks: is ours and the measured offset', 'live/clocks: an offset that fell', 'live/scenarios/scenarios: requests refused for their time',
    'engine/step: refuses time that runs backwards', 'architecture: no banned word',
  ),
  'R-81': held(
    'rate limits', 'live/bybit/budget: after the exchange asked', 'live/bybit/budget: an allowance of 20', 'live/scenarios/scenarios: the old stop stays until',
    'live/scenarios/scenarios: no request for ten minutes',
  ),
  'R-82': later('containers', 'operations'),
  'R-83': held('pages are checked', 'architecture: no banned word'),
  'R-84': held('a backtest of the whole engine', 'strategies/golden: ${strategy.name} gives its expected ledger', 'sim/run/laws: keeps its books'),
};

export const restRows: Readonly<Record<string, Row>> = { ...core, ...entries, ...risk, ...operation };
