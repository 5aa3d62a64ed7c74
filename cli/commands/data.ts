/** Options of `holdfast data download` and `data trades`; what they do is loaded only when they are called. */
import { Option } from 'commander';
import type { Command } from 'commander';

export function addDownload(data: Command, end: (code: number) => void): void {
  data.command('download').argument('<symbols...>', 'symbols such as BTCUSDT ETHUSDT')
    .description('Bybit candles, funding, open interest, instrument rules and single trades into the candle lake, month by month; run it again to go on or to catch up: only what is missing is asked for. Exit 1 when the exchange has nothing of a series')
    .option('--kind <kinds...>', 'last, mark, index, funding, open-interest (every 5 minutes or rarer), instruments (rules and risk tiers of now): one or more; or trades, the daily archive of single trades', ['last', 'mark', 'funding', 'instruments'])
    .option('--timeframe <timeframe>', 'bar length, 1m to 1d; of trades several with commas', '1m')
    .addOption(new Option('--trades-as <form>', 'what trades become: bars, the trades as they are (for --detail trades), or both').choices(['bars', 'trades', 'both']).default('bars'))
    .requiredOption('--from <time>', 'first bar, such as 2024-01-01 (UTC); what is older than the listing is left out')
    .option('--to <time>', 'end of the last bar (UTC)')
    .option('--until-now', 'up to the last bar that has closed, in place of --to')
    .option('--market <venue:category>', 'bybit:linear or bybit:inverse', 'bybit:linear')
    .option('--exchange <line>', 'what holdfast exchange printed, or a file with it: a local exchange in place of the real one')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  holdfast data download BTCUSDT ETHUSDT --kind last mark funding --timeframe 1m --from 2024-01-01 --until-now')
    .action(async (symbols: string[], _: unknown, self: Command) =>
      end(await (await import('../data-download.ts')).dataDownload(symbols, self.optsWithGlobals())));
}

export function addTrades(data: Command, end: (code: number) => void): void {
  data.command('trades').argument('<files...>', 'archives of single trades: CSV.gz or CSV of Bybit, zip of Binance')
    .description('make bars of single trades and put them into the candle lake; all of them or none')
    .option('--timeframe <timeframes>', 'bar lengths, separated by commas', '1m')
    .option('--keep', 'keep the trades as well, for backtest --detail trades (24 bytes each)')
    .option('--market <venue:category>', 'market the files belong to, when their names do not say it (then bybit:linear)')
    .option('--symbol <symbol>', 'symbol of all rows, when neither the columns nor the file name say it')
    .option('--replace', 'replace bars that are already there with other values')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  holdfast data trades BTCUSDT2024-03-01.csv.gz --timeframe 1m,1h')
    .action(async (files: string[], _: unknown, self: Command) =>
      end(await (await import('../data-import.ts')).dataTrades(files, self.optsWithGlobals())));
}
