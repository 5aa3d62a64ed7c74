/** Data folders that are no folders: `s3://bucket/prefix`. Everything else is a path on this machine. */
import { usageError } from '../error.ts';

/** Whether a data folder names another machine, by any scheme. */
export const isRemote = (folder: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(folder);

/** The address without a slash at its end. Only s3 can be listed, and what cannot be listed cannot be a lake. */
export function remoteAddress(folder: string): string {
  const match = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w.=-]+)*\/*$/.exec(folder);
  if (match !== null) return folder.replace(/\/+$/, '');
  if (/^https?:\/\//i.test(folder)) {
    throw usageError('data folder: was a web address, which cannot be listed, expected s3://bucket/prefix',
      'write s3://bucket/prefix and name the host of the storage in HOLDFAST_S3_ENDPOINT');
  }
  throw usageError('data folder: was an address that is not understood, expected s3://bucket/prefix',
    'write s3://bucket/prefix: letters, digits, and . _ - = within the prefix');
}
