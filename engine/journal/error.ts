/** Why a journal cannot be gone on from. Thrown to the shell: nothing is guessed, nothing is sent. */

export type JournalProblem =
  /** A line before the tail is not what was written. */
  | 'damaged'
  /** A record is missing. */
  | 'gap'
  /** A file does not follow the one before it. */
  | 'former'
  /** It is the journal of something else, or of another version. */
  | 'foreign'
  /** The engine decides otherwise than it did. */
  | 'differs';

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly problem: JournalProblem;
  /** Place of the record. */
  readonly seq: number;
  readonly expected: string;
  readonly actual: string;
  constructor(problem: JournalProblem, seq: number, facts: { readonly expected: string; readonly actual: string }) {
    super(`journal: record ${seq}: ${problem}: was ${facts.actual}, expected ${facts.expected}`);
    this.problem = problem;
    this.seq = seq;
    this.expected = facts.expected;
    this.actual = facts.actual;
  }
}
