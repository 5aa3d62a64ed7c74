/** Where a key may come from, and what must never come out. */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleaner, createLog, readCredentials } from '../../live/index.ts';

const names = { key: 'BYBIT_DEMO_KEY', secret: 'BYBIT_DEMO_SECRET' };
const user = process.getuid?.() ?? null;

function folderWith(files: Readonly<Record<string, readonly [text: string, mode: number]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-key-'));
  for (const [name, [text, mode]] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
  }
  return folder;
}
const lines = 'export BYBIT_DEMO_KEY="of-the-file"\nBYBIT_DEMO_SECRET=secret-of-the-file # mine\n';

describe('credentials', () => {
  it('the environment goes before a file', () => {
    const folder = folderWith({ '.env': [lines, 0o600] });
    const environment = { BYBIT_DEMO_KEY: 'of-the-environment', BYBIT_DEMO_SECRET: 'its-secret' };

    expect(readCredentials({ environment, folder, names, user })).toMatchObject({ key: 'of-the-environment', secret: 'its-secret' });
  });
  it('a .env of mode 0600 is read: quotes, export and comments understood', () => {
    const folder = folderWith({ '.env': [lines, 0o600] });

    expect(readCredentials({ environment: {}, folder, names, user })).toEqual({ key: 'of-the-file', secret: 'secret-of-the-file', from: join(folder, '.env') });
  });
  it('KEY_FILE and SECRET_FILE of mode 0400 are read without their line breaks', () => {
    const folder = folderWith({ key: ['of-a-key-file\n', 0o400], secret: ['of-a-secret-file\n', 0o400] });
    const environment = { KEY_FILE: join(folder, 'key'), SECRET_FILE: join(folder, 'secret') };

    expect(readCredentials({ environment, folder, names, user })).toMatchObject({ key: 'of-a-key-file', secret: 'of-a-secret-file' });
  });
  it.each([0o640, 0o604, 0o644, 0o666])('a .env of mode %o is refused with the chmod to run, and without its text', (mode) => {
    const folder = folderWith({ '.env': [lines, mode] });
    const read = (): unknown => readCredentials({ environment: {}, folder, names, user });

    expect(read).toThrow(`Fix: chmod 600 ${join(folder, '.env')}`);
    expect(read).not.toThrow('secret-of-the-file');
  });
  it('a file of somebody else is refused', () => {
    const folder = folderWith({ '.env': [lines, 0o600] });

    expect(() => readCredentials({ environment: {}, folder, names, user: 4_711 })).toThrow('expected 4711');
  });
  it('a key without its secret is a mistake, not an absence', () => {
    const folder = folderWith({});

    expect(() => readCredentials({ environment: { BYBIT_DEMO_KEY: 'alone' }, folder, names, user })).toThrow('was only the key, expected both');
    expect(() => readCredentials({ environment: {}, folder, names, user })).toThrow('were not found');
  });
});

describe('the log', () => {
  it('replaces key and secret wherever they stand, also as JSON writes them', () => {
    const written: string[] = [];
    const log = createLog({ write: (line) => written.push(line), secrets: ['KEY-canary-1', 'SEC"canary\\2'], isVerbose: true });

    log('warning', 'refused KEY-canary-1', { where: 'sign=SEC"canary\\2', code: 10_003 });
    log('debug', 'nothing');

    expect(written).toHaveLength(2);
    expect(written.join('')).not.toContain('canary');
    expect(JSON.parse(written[0]!)).toMatchObject({ level: 'warn', what: 'refused [secret]', where: 'sign=[secret]', code: 10_003 });
  });
  it('debug lines are left out unless asked for', () => {
    const written: string[] = [];
    const log = createLog({ write: (line) => written.push(line), secrets: [], isVerbose: false });

    log('debug', 'no');
    log('alarm', 'yes');

    expect(written.map((line) => (JSON.parse(line) as { what: string }).what)).toEqual(['yes']);
  });
  it('an empty or short secret hides nothing: every other word would be gone', () => {
    expect(cleaner(['', 'abc'])('abc is a word')).toBe('abc is a word');
  });
});
