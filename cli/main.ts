#!/usr/bin/env node
/**
 * The `holdfast` command. Exit codes: 0 fine, 1 a check failed, 2 usage, config or strategy, 3 data, 4 venue or
 * credentials, 5 refused for safety, 70 our own bug, 130 interrupted.
 */
import { exitOnInterrupt } from './interrupt.ts';
import { drained } from './output.ts';
import { main } from './program.ts';

exitOnInterrupt();
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
  if (thrown.code === 'EPIPE') process.exit(0);
  throw thrown;
});
const code = await main(process.argv.slice(2));
await drained();
process.exit(code);
