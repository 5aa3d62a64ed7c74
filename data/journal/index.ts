/** The journal on disk, and the one engine that may write it. */
export { AccountHeldError, holdAccount } from './account-lock.ts';
export type { AccountLock, Holder } from './account-lock.ts';
export type { Disk } from './disk.ts';
export { FilePort, JournalDiskError } from './file-port.ts';
export { JournalTail } from './tail.ts';
