/** Options of `holdfast data download`; what it does is loaded only when it is called. */
import type { Command } from 'commander';

export function addDownload(data: Command, end: (code: number) => void): void {
  data.command('download').argument('<symbols...>', 'symbols such as BTCUSDT ETHUSDT')
    .description('Bybit candles, funding and instrument rules into the candle lake, month by month; run it again to go on or to catch up: only what is missing is asked for. Exit 1 when the exchange has nothing of a series')
    .option('--kind <kinds...>', 'last, mark, index, funding, instruments (rules and risk tiers of now): one or more', ['last', 'mark', 'funding', 'instruments'])
    .option('--timeframe <timeframe>', 'bar length, 1m to 1d', '1m')
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
