/** Lakes on object storage, for reading: addresses, keys, the SQL that DuckDB is given, and copies for a run. */
export { isRemote, remoteAddress } from './address.ts';
export { asksForKeys, openRemote, withoutKeyInErrors } from './open.ts';
export { withRemoteCopy } from './copy.ts';
