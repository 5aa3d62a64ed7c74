/**
 * One engine per account: whoever trades holds an address that the kernel gives to one process and takes back when it dies,
 * however it dies. A file with a process number could not tell a crash from a running engine.
 *
 * The holder answers whoever connects with one line of JSON: who it is.
 */
import { connect, createServer } from 'node:net';
import { kernelName, listening } from '../kernel-name.ts';
import type { KernelName } from '../kernel-name.ts';

export interface Holder {
  readonly pid: number;
  readonly run: string;
  /** Wall time, ms UTC. */
  readonly since: number;
}

/** Somebody trades this account already. `holder` null = it did not say who it is. */
export class AccountHeldError extends Error {
  override readonly name = 'AccountHeldError';
  readonly holder: Holder | null;
  constructor(account: string, holder: Holder | null) {
    const who = holder === null ? 'another process' : `process ${holder.pid} with run ${holder.run} since ${new Date(holder.since).toISOString()}`;
    super(`account ${account} is traded by ${who}`);
    this.holder = holder;
  }
}

export interface AccountLock { release(): Promise<void> }

/** Wall time in which a holder says who it is, and the length of what it may say. */
const answerMs = 2_000;
const answerMost = 4_096;

/** Takes the account of `environment` (network name) for this process. Rejects with `AccountHeldError`. */
export async function holdAccount(environment: string, account: string, holder: Holder): Promise<AccountLock> {
  const address = kernelName(`holdfast\n${environment}\n${account}`);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${JSON.stringify(holder)}\n`);
  });
  try {
    await listening(server, address);
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EADDRINUSE') throw thrown;
    throw new AccountHeldError(account, await holderAt(address));
  }
  server.unref();
  return { release: () => new Promise((resolve) => { server.close(() => resolve()); }) };
}

function holderAt(address: KernelName): Promise<Holder | null> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let text = '';
    const end = (): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(holderIn(text));
    };
    const patience = setTimeout(end, answerMs);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      if (text.length > answerMost) end();
    });
    socket.on('end', end);
    socket.on('error', end);
  });
}

function holderIn(text: string): Holder | null {
  try {
    const { pid, run, since } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
    return typeof pid === 'number' && typeof run === 'string' && typeof since === 'number' ? { pid, run, since } : null;
  } catch {
    return null;
  }
}
