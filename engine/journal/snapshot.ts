/**
 * A state as text, and a state that goes on from it exactly as the first would have.
 *
 * 1. Equal states have equal texts, whatever was asked of them in between.
 * 2. A restored state and its original answer the same events with the same commands, notes and texts.
 */
import { createState } from '../create.ts';
import { createDigest, digestText } from '../digest.ts';
import { invariant } from '../invariant.ts';
import type { Setup } from '../setup.ts';
import type { State } from '../state.ts';
import { portraitOf, restore } from './portrait.ts';
import type { StatePortrait } from './portrait.ts';
import { decode, encode } from './text.ts';

/** ASCII, without line breaks. Memories must be plain JSON: `roundTripMemories` says which are not. */
export function stateText(state: State): string {
  return encode(portraitOf(state));
}

/** A state of this setup from a text of `stateText`. Text of another setup is a broken promise. */
export function restoreState(setup: Setup, text: string, trace?: Int32Array): State {
  const portrait = decode(text) as StatePortrait; // written by `stateText`: callers know it by its checksum
  const state = createState(setup, trace);
  const { legs } = portrait;
  invariant(legs.length === state.legs.length && legs.every((leg, i) => {
    const fresh = state.legs[i]!;
    return leg.indicators.arena.length === fresh.indicators.arena.length && leg.history.length === fresh.history.length
      && leg.indicators.values.length === fresh.indicators.values.length && leg.aggregates.length === fresh.aggregates.length;
  }), 'a snapshot must be of the same setup', { legs: [legs.length, state.legs.length] });
  restore(state, portrait);
  return state;
}

/** 16 hex digits over a text: two 32-bit lanes over its characters. */
export function textDigest(text: string): string {
  const digest = createDigest();
  let { high, low } = digest;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul((low + unit) ^ (low >>> 15), 0x85ebca6b);
  }
  digest.high = high;
  digest.low = low;
  return digestText(digest);
}

/** Fingerprint of a state: equal states have equal ones, on any machine. */
export const stateDigest = (state: State): string => textDigest(stateText(state));
