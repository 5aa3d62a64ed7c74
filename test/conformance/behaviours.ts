/**
 * What every venue must do, as sentences. Each is shown by the events told and by a reading afterwards; a venue that cannot
 * show one says why, in one line. Who adds a sentence is asked by the types for its proof, and by every venue for its answer.
 */
import type { Site } from './site.ts';

export const sentences = {
  'limit-stands': 'a limit order away from the price is accepted and stands as it was sent',
  'market-fills': 'a market order is filled, and its executions and fees are told once',
  'amend-price': 'a standing order gets another price',
  'amend-lots': 'a standing order gets another quantity',
  'amend-same': 'an amend to what already is changes nothing and is no failure',
  cancel: 'a standing order is cancelled, and is gone',
  'cancel-keeps-fills': 'the cancel of an order filled in part leaves the part',
  'same-link': 'the same order sent twice is ours, once',
  'riding-stop': 'the stop that rides on a market entry stands with the position',
  'stop-tightened': 'a stop is set, and moved tighter',
  'stop-same': 'a stop set to where it is stays unchanged and is no failure',
  'stop-removed': 'a stop taken away by hand is known to be gone',
  'stop-fires': 'a stop that the price comes to ends the position, told as the stop it was',
  'stop-through': 'a stop on the wrong side of the price is refused, and the one before it stays',
  'stop-without-position': 'a stop without a position is refused as such',
  'reduce-never-flips': 'a reduce-only order larger than the position ends it and opens none',
  'reduce-without-position': 'a reduce-only order without a position is refused as such',
  'reduce-same-side': 'a reduce-only order on the side of the position is refused and does not grow it',
  'post-only': 'a post-only order that would take is cancelled as such',
  'ioc-rest': 'an immediate order that finds nothing is cancelled unfilled',
  'ioc-part': 'an immediate order that finds a part keeps it, and its rest is cancelled',
  'below-minimum': 'an order below the minimum quantity is refused as such',
  'off-tick': 'an order whose price is off the tick is refused as malformed',
  'too-little-margin': 'an order that the account cannot pay is refused as such',
  'reading-equals': 'position, stop and open orders read are what was done',
  'paged-executions': 'executions of more than one page are all found by one reading, each once, oldest first',
  'lost-answer-placed': 'an order whose answer is lost is unknown, and a reading finds it',
  'lost-answer-absent': 'an order that never arrived is unknown, and readings after the fence prove it absent',
  'lost-answer-late': 'an order that arrives after its answer was given up is not there at first, and a later reading finds it',
  'cancel-gone': 'the cancel of an order that is gone is told as such',
  wallet: 'the wallet told is what fees and gains leave of it',
  rules: 'the rules read are the rules traded by',
  clock: 'the offset of the clock is known',
  leverage: 'leverage set is read back',
  'margin-mode': 'margin mode and position mode are read back',
  'two-symbols': 'two symbols do not mix',
} as const;

export type Behaviour = keyof typeof sentences;
export const behaviours = Object.keys(sentences) as readonly Behaviour[];

export type Proof = (site: Site) => Promise<void>;

/** Behaviours that want a market that falls by a fifth, some minutes after it began. */
export const falling: ReadonlySet<Behaviour> = new Set<Behaviour>(['stop-fires', 'wallet']);
/** Behaviours that want a market with little volume in it: two units a bar. */
export const thin: ReadonlySet<Behaviour> = new Set<Behaviour>(['cancel-keeps-fills', 'ioc-part']);
