/** The risk rules: what they remember, judge and size by. They answer with data; `risk.ts` and `limits.ts` act on it. */
export { checkSources } from './sources.ts';
export { noteAcceptance, noteExecution, noteRejection, noteSend, noteTrade, turnCalendar } from './ledger.ts';
export { calmFrom, noteBar } from './market.ts';
export { clampStop, hasOpener, reviewLiquidation, reviewMoment, reviewRate, reviewStop } from './gates.ts';
export { isDayFull, judgeRejections, judgeSession } from './session.ts';
export type { Action } from './session.ts';
export { leverageLimit, lossBudget, sizeFactor, stageAt } from './sizing.ts';
