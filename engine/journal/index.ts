/** The journal of a run: exact records, snapshots, and the way back from them to a state. */
export { JournalError } from './error.ts';
export type { JournalProblem } from './error.ts';
export { JournalFollower } from './follow.ts';
export { Journal } from './journal.ts';
export type { JournalIdentity, JournalRequest } from './journal.ts';
export { MemoryPort } from './port.ts';
export type { JournalPort, SnapshotDamage } from './port.ts';
export { journalRecords } from './records.ts';
export { rehydrate, replayJournal } from './rehydrate.ts';
export type { Rehydrated, RehydrateRequest, Replayed } from './rehydrate.ts';
export { restoreState, stateDigest, stateText } from './snapshot.ts';
