/**
 * Who may bring the tables of a run up to date: one process at a time, by a name that the kernel takes back when it dies. A
 * running shell holds it for its life, a command for as long as it works. Who comes second asks the owner, who answers when
 * the tables tell everything that the journal held when he was asked.
 */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { kernelName, listening } from '../kernel-name.ts';
import type { KernelName } from '../kernel-name.ts';

export interface HeldTables { release(): Promise<void> }

const fed = 'fed';

const nameOf = (folder: string, run: string): KernelName => kernelName(`holdfast tables\n${resolve(folder)}\n${run}`);

/**
 * Null = somebody else holds them. `feed` answers who asks meanwhile; null = they are told nothing, and may own the tables
 * themselves after the release.
 */
export async function holdTables(folder: string, run: string, feed: (() => Promise<void>) | null): Promise<HeldTables | null> {
  const asking = new Set<Socket>();
  const server = createServer((socket) => {
    asking.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => asking.delete(socket));
    feed?.().then(() => socket.end(`${fed}\n`), () => socket.destroy());
  });
  try {
    await listening(server, nameOf(folder, run));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE') return null;
    throw thrown;
  }
  server.unref();
  return {
    release: () => new Promise((done) => {
      server.close(() => done());
      for (const socket of asking) socket.destroy();
    }),
  };
}

/** `gone` = there is no owner any more, or he could not do it; `late` = no answer within `patienceMs`. */
export function askOwner(folder: string, run: string, patienceMs: number): Promise<'fed' | 'gone' | 'late'> {
  return new Promise((done) => {
    const socket = connect(nameOf(folder, run));
    let text = '';
    const end = (outcome: 'gone' | 'late'): void => {
      clearTimeout(patience);
      socket.destroy();
      done(text.startsWith(fed) ? 'fed' : outcome);
    };
    const patience = setTimeout(() => end('late'), patienceMs);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => { text += part.slice(0, fed.length); });
    socket.on('end', () => end('gone'));
    socket.on('close', () => end('gone'));
    socket.on('error', () => end('gone'));
  });
}
