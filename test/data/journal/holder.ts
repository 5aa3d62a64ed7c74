/** Holds the account in argv[2] until it is killed. */
import { holdAccount } from '../../../data/index.ts';

await holdAccount('local', process.argv[2]!, { pid: process.pid, run: 'first', since: 1_000 });
console.log('held');
setInterval(() => {}, 60_000);
