/** Rows S-01 to S-54: what the people who ran the predecessor named, by what holds it. */
import { held, heldAndLater, later, notWanted } from './answer.ts';
import type { Row } from './answer.ts';

export const seedRows: Readonly<Record<string, Row>> = {
  'S-01': held(
    'a stop that failed halts, and the position stays counted', 'seed/stop-states: S-01: the position survives', 'seed/stop-states: are counted one by one',
  ),
  'S-02': held(
    'exits are reduce-only', 'seed/six-bugs: every way out is reduce-only', 'seed/six-bugs: an exit is never larger', 'sim/exchange/properties: P2: a reduce-only order',
  ),
  'S-03': held(
    'cancelled is a question, not flat', 'seed/six-bugs: an entry cancelled with 3 of 4', 'seed/six-bugs: cancelled with fills that were not told', 'seed/silence: row 8:',
  ),
  'S-04': held('a recovered position has an unknown stop', 'seed/mistakes: S-04: all ways', 'seed/six-bugs: has no stop at all'),
  'S-05': held('pending order and its time vanish together', 'seed/mistakes: S-05: an order that ended', 'seed/mistakes: S-05: a fill told'),
  'S-06': held(
    'one venue interface, no mocks', 'live/run: one symbol, 600 bars', 'cli/live: decides and fills', 'live/exchange/world/parity: %s: give the same fills', 'architecture: imports follow the layers', 'sim/faults/calm: gives them for two symbols',
    'sim/faults/run: ends with the position and the wallet of the venue',
  ),
  'S-07': held('each bug of the log fails when its fix is reverted', 'mutants/mutants: five of them are found', 'mutants/mutants: are at least 25'),
  'S-08': held('one offline test command, nothing left out in silence', 'house/verdict: a test left out without a reason'),
  'S-09': later('image build in the right order', 'operations'),
  'S-10': later('healthy means alive, not running', 'operations'),
  'S-11': heldAndLater('one status line', 'live wire', 'live/door: leaves a note of mode 0600'),
  'S-12': held('one stop distance sizes, rides and is installed', 'seed/stop-states: S-12', 'engine/size: one integer distance'),
  'S-13': held('rotation before the first write', 'data/journal/file-port: a first write at exactly', 'data/journal/file-port: a turn as the very first'),
  'S-14': later('the dashboard shares what is known', 'operations'),
  'S-15': held(
    'no restart loop, no alert flood', 'seed/six-bugs: a halt survives', 'seed/six-bugs: the fourth restart',
    'seed/six-bugs: a cause that repeats', 'engine/recovery: for the fourth time', 'engine/mode: of one cause are given once',
  ),
  'S-16': held('calls with parameters that do not exist', 'live/bybit/orders: an entry of 4 lots', 'live/bybit/orders: a resting entry', 'engine/step: are approved by the risk review only'),
  'S-17': held('interfaces are complete by type', 'engine/step: are approved by the risk review only'),
  'S-18': held('the stop belongs to the position', 'sim/cases/table-orders: the SL acts on the whole position', 'seed/stop-states: needs no resize'),
  'S-19': held('payload of the trading-stop call', 'live/bybit/payload: of an entry with its stop'),
  'S-20': held('a stop is declared, never taken away between two', 'seed/stop-states: S-20'),
  'S-21': held('a stop already through is an exit in the same decision', 'seed/stop-states: of a %s, mark %d, not at the venue', 'seed/stop-states: while not confirmed'),
  'S-22': held(
    'a refusal as wrong side is a breach', 'seed/stop-states: %s: an exit at once', 'seed/six-bugs: refused as through the trigger',
    'engine/protection: leaves at once when the venue says',
  ),
  'S-23': held('the incident, bit for bit', 'seed/incident: is asked about', 'seed/incident: ends flat', 'seed/incident: is the same bit for bit'),
  'S-24': held(
    'everything is fetched before the first decision', 'seed/mistakes: a failed question at the start', 'seed/mistakes: S-24',
    'engine/recovery: asks about the leg',
  ),
  'S-25': held('only nothing left is flat', 'seed/transitions: S-25', 'seed/transitions: an exit of a part'),
  'S-26': held('a run ends after its trades or hours', 'engine/rules/session: ends after 2 closed trades', 'engine/rules/gates: of the day: the sixth trade'),
  'S-27': held(
    '"not modified" is success', 'seed/six-bugs: unchanged means armed', 'seed/stop-states: confirmed by 0 or by 34040',
    'engine/protection: takes "unchanged" for success',
  ),
  'S-28': held(
    'three confirmed failures, then an exit and a halt', 'seed/stop-states: are counted one by one',
    'seed/stop-states: not heard of within', 'engine/protection: waits after a first and a second refusal',
  ),
  'S-29': held(
    'an operator can close', 'live/scenarios/links: flatten with %s on the exit', 'live/scenarios/links: halt, then close SYMBOL', 'seed/six-bugs: every way out is reduce-only', 'engine/operator: flattens every leg at market',
  ),
  'S-30': held('contracts and coins are not confused', 'seed/mistakes: 11 thousandths', 'engine/size: notional is in quote'),
  'S-31': held('quantities leave as decimal texts', 'live/bybit/rows: steps go to text and back', 'live/exchange/rest/endpoints: writes reach the account as text'),
  'S-32': held('the close command sends texts', 'live/bybit/rows: steps go to text and back', 'live/scenarios/links: halt, then close SYMBOL'),
  'S-33': held('an answer without a code is an error, not an exception', 'live/bybit/faults: %s %s (%s)', 'live/scenarios/every-fault: %s %s (%s)'),
  'S-34': held('one receive window', 'live/bybit/payload: of an entry with its stop', 'seed/silence: row 10: history is empty'),
  'S-35': held('estimates are never trades', 'seed/mistakes: a position that is gone without executions', 'lab/report/metrics: estimated trades are not counted'),
  'S-36': held('a trade is its executions, fees and funding', 'seed/mistakes: S-36', 'sim/run/laws: keeps its books'),
  'S-37': held(
    'ten seconds of silence', 'seed/silence: an entry is unknown', 'seed/silence: row 1:', 'seed/silence: row 2:', 'seed/silence: row 3:', 'seed/silence: row 4:', 'seed/silence: row 5:',
    'seed/silence: row 6:', 'seed/silence: row 7:', 'seed/silence: row 8:', 'seed/silence: row 9:', 'seed/silence: row 10:', 'seed/silence: row 11:', 'seed/silence: row 12:', 'seed/silence: row 13:',
  ),
  'S-38': held(
    'recovery is a function of what was read', 'engine/step: gives the same commands', 'seed/incident: is the same bit for bit',
    'engine/reconcile: a reading of unknowns changes nothing', 'engine/reconcile: changes nothing the second time',
  ),
  'S-39': held(
    'yes, no and unknown', 'seed/silence: row 11:', 'seed/silence: row 12:', 'seed/mistakes: a reading without a position',
    'engine/reconcile: an order is not absent from a reading without its %s',
  ),
  'S-40': held('what happened is on record: old, event, new', 'engine/journal: gives the same commands and the same state'),
  'S-41': held('stop distance by range, clamped', 'engine/rules/gates: by the stop, told to clamp', 'engine/rules/gates: by the stop: nearer'),
  'S-42': held('at the level is through, no price is no answer', 'seed/stop-states: of a %s, mark %d, not at the venue', 'seed/stop-states: S-42: of a %s', 'seed/stop-states: S-42: without any price'),
  'S-43': held(
    'an update of a stop has five results', 'seed/stop-states: confirmed by 0 or by 34040', 'seed/stop-states: %s: an exit at once', 'seed/stop-states: refused because there is no position',
    'seed/stop-states: are counted one by one',
  ),
  'S-44': held('no second engine, no unused decision', 'architecture: imports follow the layers', 'engine/step: gives the same commands'),
  'S-45': held('the runner counts the tests', 'house/verdict: 2 passed, 1 failed'),
  'S-46': later('a smoke check after deployment', 'operations'),
  'S-47': notWanted('is an architecture record needed? no', 'decisions stand in DESIGN.md, each with the test that pins it'),
  'S-48': held('no file and no function grows beyond its limit', 'architecture: no file has over 400 lines'),
  'S-49': later('watching a position while it runs', 'operations'),
  'S-50': held('analysis from a number of trades on', 'lab/report/metrics: 9 trades give n/a', 'cli/analysis: a group of fewer than ten'),
  'S-51': held('every gate has its tests', 'engine/rules/gates: cooldown before the day', 'engine/rules/sizing: loses at its stop'),
  'S-52': later('messages to a telephone', 'operations'),
  'S-53': notWanted('a daily log in fixed sections', 'written by people for people; the run store answers the same questions by query'),
  'S-54': held('equity in the settle coin, and its age', 'engine/rules/gates: by the age of prices', 'engine/view: equity is marked at the mark price'),
};
