/** Names that the kernel gives to one process and takes back when it dies, however it dies. */
import { createHash } from 'node:crypto';
import type { Server } from 'node:net';

export type KernelName = { readonly path: string } | { readonly host: string; readonly port: number };

/** Linux has names outside of every folder, which go with their process; elsewhere a loopback port stands for the thing. */
export function kernelName(thing: string): KernelName {
  const name = createHash('sha256').update(thing).digest();
  if (process.platform === 'linux') return { path: `\0holdfast-${name.toString('hex').slice(0, 32)}` };
  return { host: '127.0.0.1', port: 20_000 + (name.readUInt16BE(0) % 20_000) };
}

/** Rejects with EADDRINUSE when somebody has the name. */
export function listening(server: Server, name: KernelName): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(name, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
