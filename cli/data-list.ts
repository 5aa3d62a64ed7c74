/** `holdfast data list`: what the candle lake holds. */
import { dataFolder, listLake } from '../data/index.ts';
import { printJson, printLine, printTable } from './output.ts';
import type { CommonOptions } from './output.ts';

export async function dataList({ dataDir, json }: CommonOptions): Promise<number> {
  const folder = dataFolder(dataDir);
  const series = listLake(folder);
  if (json === true) {
    printJson({ folder, series });
    return 0;
  }
  if (series.length === 0) {
    printLine(`no candles in ${folder}; bring some with: holdfast data import FILE`);
    return 0;
  }
  printTable(
    ['market', 'symbol', 'kind', 'timeframe', 'from', 'to', 'rows', 'missing'],
    series.map((one) => [
      `${one.venue}:${one.category}`, one.symbol, one.kind, one.timeframe, minute(one.first), minute(one.last), one.rows,
      one.months.reduce((sum, month) => sum + month.missing, 0),
    ]),
  );
  return 0;
}

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
