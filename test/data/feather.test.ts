/** Feather files as freqtrade keeps them: what another program wrote is read value by value, and what is cut or foreign is refused. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../data/index.ts';
import { listLake, readColumns } from '../../data/lake/index.ts';
import { unpackFrame } from '../../data/source/lz4.ts';
import { refusal, temporary } from './candle-files.ts';

/** Written by pyarrow 26.0.1: 40 minutes from 2025-01-01 as timestamps in ms and in ns, columns packed with LZ4. */
const inMs = 'QVJST1cxAAD/////eAEAABAAAAAAAAoADAAGAAUACAAKAAAAAAEEAAwAAAAIAAgAAAAEAAgAAAAEAAAABgAAAAQBAADAAAAAkAAAAGQAAAA0AA'
  + 'AABAAAACT///8AAAEDEAAAABgAAAAEAAAAAAAAAAYAAAB2b2x1bWUAAFb///8AAAIAUP///wAAAQMQAAAAGAAAAAQAAAAAAAAABQAAAGNsb3Nl'
  + 'AAAAgv///wAAAgB8////AAABAxAAAAAUAAAABAAAAAAAAAADAAAAbG93AKr///8AAAIApP///wAAAQMQAAAAGAAAAAQAAAAAAAAABAAAAGhpZ2'
  + 'gAAAAA1v///wAAAgDQ////AAABAxAAAAAcAAAABAAAAAAAAAAEAAAAb3BlbgAABgAIAAYABgAAAAAAAgAQABQACAAGAAcADAAAABAAEAAAAAAA'
  + 'AQoQAAAAIAAAAAQAAAAAAAAABAAAAGRhdGUAAAAACAAMAAYACAAIAAAAAAABAAQAAAADAAAAVVRDAAAAAAD/////iAEAABQAAAAAAAAADAAYAA'
  + 'YABQAIAAwADAAAAAADBAAcAAAAmAIAAAAAAAAAAAAADAAcABAABAAIAAwADAAAAOgAAAAcAAAAFAAAACgAAAAAAAAAAAAAAAQABAAEAAAADAAA'
  + 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAkBAAAAAAAAEAEAAAAAAAAAAAAAAAAAABABAAAAAAAAKgAAAAAAAABAAQAAAAAAAAAAAAAAAAAAQA'
  + 'EAAAAAAADCAAAAAAAAAAgCAAAAAAAAAAAAAAAAAAAIAgAAAAAAACoAAAAAAAAAOAIAAAAAAAAAAAAAAAAAADgCAAAAAAAAKgAAAAAAAABoAgAA'
  + 'AAAAAAAAAAAAAAAAaAIAAAAAAAAqAAAAAAAAAAAAAAAGAAAAKAAAAAAAAAAAAAAAAAAAACgAAAAAAAAAAAAAAAAAAAAoAAAAAAAAAAAAAAAAAA'
  + 'AAKAAAAAAAAAAAAAAAAAAAACgAAAAAAAAAAAAAAAAAAAAoAAAAAAAAAAAAAAAAAAAAQAEAAAAAAAAEIk0YYECC8gAAALEAfCkflAEAAGBmKggA'
  + 'McBQKwgAMSA7LAgAMYAlLQgAMeAPLggAIkD6CAAxoOQvEAAxAM8wCAAxYLkxCAAxwKMyCAAxII4zCAAxgHg0CAAx4GI1CAAxQE02CAAxoDc3CA'
  + 'AxACI4CAAxYAw5CAAiwPYIADEg4ToQADGAyzsIADHgtTwIADFAoD0IADGgij4IADEAdT8IADFgX0AIADHASUEIADEgNEIIADGAHkMIADHgCEQI'
  + 'ACJA8wgAMaDdRRAAMQDIRggAMWCyRwgAMcCcSAgAMSCHSQgAMYBxSggAMeBbSwgAMUBGTAgAgKAwTR+UAQAAAAAAAAAAAAAAAABAAQAAAAAAAA'
  + 'QiTRhgQIITAAAAjwAAAACI2PZACAD/IVAAiNj2QAAAAAAAAAAAAABAAQAAAAAAAAQiTRhgQIKrAAAAEAABADDa9kAHABMQCAATIAgAEzAIABNA'
  + 'CAATUAgAE2AIABNwCAATgAgAE5AIABOgCAATsAgAE8AIABPQCAAT4AgAE/AIACMA24AAAwgAEyAIABMwCAATQAgAE1AIABNgCAATcAgAE4AIAB'
  + 'OQCAAToAgAE7AIABPACAAT0AgAE+AIABPwCAAjANyAAAMIABMgCAATMAgAE0AIABNQCADAYNz2QAAAAABw3PZAAAAAAAAAAAAAAEABAAAAAAAA'
  + 'BCJNGGBAghMAAACPAAAAAMTT9kAIAP8hUADE0/ZAAAAAAAAAAAAAAEABAAAAAAAABCJNGGBAghMAAACPAAAAAMDY9kAIAP8hUADA2PZAAAAAAA'
  + 'AAAAAAAEABAAAAAAAABCJNGGBAghMAAACPCD2bVZ9rIEAIAP8hUFWfayBAAAAAAAAAAAAAAP////8AAAAAEAAAAAwAFAAGAAgADAAQAAwAAAAA'
  + 'AAQAOAAAACgAAAAEAAAAAQAAAIgBAAAAAAAAkAEAAAAAAACYAgAAAAAAAAAAAAAAAAAACAAIAAAABAAIAAAABAAAAAYAAAAEAQAAwAAAAJAAAA'
  + 'BkAAAANAAAAAQAAAAk////AAABAxAAAAAYAAAABAAAAAAAAAAGAAAAdm9sdW1lAABW////AAACAFD///8AAAEDEAAAABgAAAAEAAAAAAAAAAUA'
  + 'AABjbG9zZQAAAIL///8AAAIAfP///wAAAQMQAAAAFAAAAAQAAAAAAAAAAwAAAGxvdwCq////AAACAKT///8AAAEDEAAAABgAAAAEAAAAAAAAAA'
  + 'QAAABoaWdoAAAAANb///8AAAIA0P///wAAAQMQAAAAHAAAAAQAAAAAAAAABAAAAG9wZW4AAAYACAAGAAYAAAAAAAIAEAAUAAgABgAHAAwAAAAQ'
  + 'ABAAAAAAAAEKEAAAACAAAAAEAAAAAAAAAAQAAABkYXRlAAAAAAgADAAGAAgACAAAAAAAAQAEAAAAAwAAAFVUQwCgAQAAQVJST1cx';
const inNs = 'QVJST1cxAAD/////eAEAABAAAAAAAAoADAAGAAUACAAKAAAAAAEEAAwAAAAIAAgAAAAEAAgAAAAEAAAABgAAAAQBAADAAAAAkAAAAGQAAAA0AA'
  + 'AABAAAACT///8AAAEDEAAAABgAAAAEAAAAAAAAAAYAAAB2b2x1bWUAAFb///8AAAIAUP///wAAAQMQAAAAGAAAAAQAAAAAAAAABQAAAGNsb3Nl'
  + 'AAAAgv///wAAAgB8////AAABAxAAAAAUAAAABAAAAAAAAAADAAAAbG93AKr///8AAAIApP///wAAAQMQAAAAGAAAAAQAAAAAAAAABAAAAGhpZ2'
  + 'gAAAAA1v///wAAAgDQ////AAABAxAAAAAcAAAABAAAAAAAAAAEAAAAb3BlbgAABgAIAAYABgAAAAAAAgAQABQACAAGAAcADAAAABAAEAAAAAAA'
  + 'AQoQAAAAIAAAAAQAAAAAAAAABAAAAGRhdGUAAAAACAAMAAYACAAIAAAAAAADAAQAAAADAAAAVVRDAAAAAAD/////iAEAABQAAAAAAAAADAAYAA'
  + 'YABQAIAAwADAAAAAADBAAcAAAAwAIAAAAAAAAAAAAADAAcABAABAAIAAwADAAAAOgAAAAcAAAAFAAAACgAAAAAAAAAAAAAAAQABAAEAAAADAAA'
  + 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADYBAAAAAAAAOAEAAAAAAAAAAAAAAAAAADgBAAAAAAAAKgAAAAAAAABoAQAAAAAAAAAAAAAAAAAAaA'
  + 'EAAAAAAADCAAAAAAAAADACAAAAAAAAAAAAAAAAAAAwAgAAAAAAACoAAAAAAAAAYAIAAAAAAAAAAAAAAAAAAGACAAAAAAAAKgAAAAAAAACQAgAA'
  + 'AAAAAAAAAAAAAAAAkAIAAAAAAAAqAAAAAAAAAAAAAAAGAAAAKAAAAAAAAAAAAAAAAAAAACgAAAAAAAAAAAAAAAAAAAAoAAAAAAAAAAAAAAAAAA'
  + 'AAKAAAAAAAAAAAAAAAAAAAACgAAAAAAAAAAAAAAAAAAAAoAAAAAAAAAAAAAAAAAAAAQAEAAAAAAAAEIk0YYECCHwEAANAAAFfAfmgWGABYnriM'
  + 'CABAsOWwmggAQAgtqagIAEBgdKG2CABAuLuZxAgAQBADktIIAEBoSorgCABAwJGC7ggAQBjZevwIAMBwIHMKaRYYAMhnaxgIAEAgr2MmCABAeP'
  + 'ZbNAgAQNA9VEIIAEAohUxQCABAgMxEXggAQNgTPWwIAEAwWzV6CABAiKItiAgAQODpJZYIAEA4MR6kCABAkHgWsggAQOi/DsAIAEBABwfOCABA'
  + 'mE7/2wgAQPCV9+kIAEBI3e/3CADAoCToBWoWGAD4a+ATCABAULPYIQgAQKj60C8IAEAAQsk9CABAWInBSwgAQLDQuVkIAEAIGLJnCABAYF+qdQ'
  + 'gAQLimooMIAPAAEO6akWoWGABoNZOfahYYAAAAAAAAQAEAAAAAAAAEIk0YYECCEwAAAI8AAAAAiNj2QAgA/yFQAIjY9kAAAAAAAAAAAAAAQAEA'
  + 'AAAAAAAEIk0YYECCqwAAABAAAQAw2vZABwATEAgAEyAIABMwCAATQAgAE1AIABNgCAATcAgAE4AIABOQCAAToAgAE7AIABPACAAT0AgAE+AIAB'
  + 'PwCAAjANuAAAMIABMgCAATMAgAE0AIABNQCAATYAgAE3AIABOACAATkAgAE6AIABOwCAATwAgAE9AIABPgCAAT8AgAIwDcgAADCAATIAgAEzAI'
  + 'ABNACAATUAgAwGDc9kAAAAAAcNz2QAAAAAAAAAAAAABAAQAAAAAAAAQiTRhgQIITAAAAjwAAAADE0/ZACAD/IVAAxNP2QAAAAAAAAAAAAABAAQ'
  + 'AAAAAAAAQiTRhgQIITAAAAjwAAAADA2PZACAD/IVAAwNj2QAAAAAAAAAAAAABAAQAAAAAAAAQiTRhgQIITAAAAjwg9m1WfayBACAD/IVBVn2sg'
  + 'QAAAAAAAAAAAAAD/////AAAAABAAAAAMABQABgAIAAwAEAAMAAAAAAAEADgAAAAoAAAABAAAAAEAAACIAQAAAAAAAJABAAAAAAAAwAIAAAAAAA'
  + 'AAAAAAAAAAAAgACAAAAAQACAAAAAQAAAAGAAAABAEAAMAAAACQAAAAZAAAADQAAAAEAAAAJP///wAAAQMQAAAAGAAAAAQAAAAAAAAABgAAAHZv'
  + 'bHVtZQAAVv///wAAAgBQ////AAABAxAAAAAYAAAABAAAAAAAAAAFAAAAY2xvc2UAAACC////AAACAHz///8AAAEDEAAAABQAAAAEAAAAAAAAAA'
  + 'MAAABsb3cAqv///wAAAgCk////AAABAxAAAAAYAAAABAAAAAAAAAAEAAAAaGlnaAAAAADW////AAACAND///8AAAEDEAAAABwAAAAEAAAAAAAA'
  + 'AAQAAABvcGVuAAAGAAgABgAGAAAAAAACABAAFAAIAAYABwAMAAAAEAAQAAAAAAABChAAAAAgAAAABAAAAAAAAAAEAAAAZGF0ZQAAAAAIAAwABg'
  + 'AIAAgAAAAAAAMABAAAAAMAAABVVEMAoAEAAEFSUk9XMQ==';

const start = 1_735_689_600_000;
const rows = Array.from({ length: 40 }, (_, i) => i);
const wanted = [
  rows.map((i) => start + i * 60_000), rows.map(() => 93_576.5), rows.map((i) => 93_600 + i), rows.map(() => 93_500.25), rows.map(() => 93_580),
  rows.map(() => 8.2102),
];

function placed(bytes: Buffer, path = 'bybit/futures/BTC_USDT_USDT-1m-futures.feather'): string {
  const file = join(temporary(), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

async function stored(bytes: Buffer, path?: string): Promise<readonly [string, readonly (readonly number[])[]]> {
  const folder = temporary();
  const { series } = await importFiles([placed(bytes, path)], { folder });
  const [one] = listLake(folder);
  return [series.map((each) => each.series).join(), one === undefined ? [] : readColumns(folder, one).map((column) => [...column])];
}

describe('a feather file', () => {
  it.each([['ms', inMs], ['ns', inNs]])('with times in %s is 40 bars of the market that its path names', async (_unit, text) => {
    expect(await stored(Buffer.from(text, 'base64'))).toEqual(['bybit:linear BTCUSDT last 1m', wanted]);
  });

  it('of marks has no volume, of funding the rate under open', async () => {
    const marks = await stored(Buffer.from(inMs, 'base64'), 'bybit/futures/BTC_USDT_USDT-1m-mark.feather');

    expect(marks).toEqual(['bybit:linear BTCUSDT mark 1m', wanted.slice(0, 5)]);
    // 93576.5 is no rate
    expect(await refusal(stored(Buffer.from(inMs, 'base64'), 'bybit/futures/BTC_USDT_USDT-1h-funding_rate.feather'))).toMatchObject({ reason: 'bad-rate', row: 1, field: 'funding_rate' });
  });

  const whole = Buffer.from(inMs, 'base64');
  it.each<readonly [string, Buffer, Record<string, unknown>]>([
    ['cut short', whole.subarray(0, whole.length - 100), { reason: 'unreadable', what: 'the file is cut short' }],
    ['of version 1', Buffer.concat([Buffer.from('FEA1'), whole]), { reason: 'unreadable', what: 'no feather file' }],
    ['empty', Buffer.alloc(0), { reason: 'empty-file' }],
    ['of its marks alone', Buffer.from('ARROW1\0\0\0\0\0\0ARROW1'), { reason: 'empty-file' }],
  ])('%s is refused in one line', async (_what, bytes, expected) => {
    const error = await refusal(stored(bytes));

    expect(error).toMatchObject(expected);
    expect(error.message).not.toContain('\n');
  });

  it('with any one byte changed is read or refused, and never ends in another way', () => {
    const outcomes = new Set<string>();
    return (async () => {
      for (let at = 8; at < whole.length; at += 37) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 0xff;
        outcomes.add(await stored(bytes).then(() => 'read', (error: unknown) => (error instanceof Error ? error.name : 'thrown')));
      }
      expect([...outcomes].filter((outcome) => outcome !== 'read')).toEqual(['DataError']);
    })();
  });
});

describe('an LZ4 frame', () => {
  const frame = (...block: readonly number[]): Buffer => Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
  it('of the literals ab, a copy of nine from two back, and the literal c is abababababac... to the letter', () => {
    // token 0x25: two literals, 5 + 4 copied from two back; then token 0x10: one literal
    expect(unpackFrame(frame(0x25, 0x61, 0x62, 2, 0, 0x10, 0x63), 12).toString()).toBe('abababababac');
  });
  it('with a copy from before its begin, or of another length than announced, is refused', () => {
    expect(() => unpackFrame(frame(0x25, 0x61, 0x62, 9, 0, 0x10, 0x63), 12)).toThrow('a copy beyond the ends');
    expect(() => unpackFrame(frame(0x20, 0x61, 0x62), 3)).toThrow('2 bytes of 3');
  });
});
