/** The commands of trading: live, doctor, the operator's, and the local exchange. */
import type { Command } from 'commander';
import { collect, example, oneOf, positive, whole } from './options.ts';
import type { End } from './options.ts';

/** What every start is asked with. */
function withRunOptions(command: Command): Command {
  return command
    .requiredOption('--network <network>', 'local, demo, testnet or mainnet', oneOf('local', 'demo', 'testnet', 'mainnet'))
    .option('--exchange <line>', 'what holdfast exchange printed, or a file with it (local only)')
    .option('--params <pairs...>', 'parameters of the strategy: key=value ..., or JSON', collect)
    .option('--preset <name>', 'start from a named configuration; what else is given wins')
    .option('--config <file>', 'run configuration, JSON')
    .option('--leverage <factor>', 'leverage of the account (default 10); where there is one, set at the exchange and read back')
    .option('--set <pairs...>', 'any other configuration key, such as risk.maxLeverage=3', collect)
    .option('--new', 'begin a new run, also when an earlier one could go on')
    .option('--json', 'print one JSON object');
}

/** What a start with a key is asked with besides. */
function withStartOptions(command: Command): Command {
  return withRunOptions(command)
    .option('--allow-transfer-key', 'go on with a key that may transfer')
    .option('--set-margin-mode', 'set isolated margin when flat');
}

/** Where a paper fill is not what the exchange would have filled. */
const paperDiffers = `
How paper fills differ from real ones:
  - An order decided at the close of a bar is filled inside the next bar, by the rules of a backtest (path, slippage, limits), and
    this is known when that bar has closed: what status shows is as old as the bar under way. An order or a flatten of your own is
    filled the same way, from the open of the bar under way on.
  - Nobody else is in the market: no queue, no order book, no part fills but those of --set participation, no rejects of the exchange.
  - Mark prices are candles as long as the bars, as in a backtest; where the exchange makes none of that length, the last price stands
    for them. Funding is that of the ticker, and that of the
    funding history for stamps that pass while the process is away or not connected.
  - Fees are those of backtests. Bars that come late are decided on as if they had come in time; bars missed between two starts
    are played for the orders and stops that stood, and not decided on.
  The wallet begins with cash of the configuration (--set cash=...); nothing is ever sent that needs a key.`;

export function addLive(program: Command, end: End): void {
  const command = withStartOptions(program.command('live').argument('<strategy>', 'strategy file, or file#name'))
    .description('trade a strategy on Bybit, or on a local exchange; Ctrl-C stops entries and leaves stops in place')
    .option('--entry <way>', 'how orders leave: rest, or ws: the trade socket while it is up (stops always go by rest)', oneOf('rest', 'ws'), 'rest')
    .option('--yes-mainnet', 'real money without a typed confirmation')
    .option('--verbose', 'log what is asked and answered as well')
    .action(async (strategy: string, _: unknown, self: Command) =>
      end(await (await import('../live.ts')).live(strategy, self.optsWithGlobals())));
  example(command, 'holdfast live strategy.ts --network demo --leverage 3');
  const paper = withRunOptions(program.command('paper').argument('<strategy>', 'strategy file, or file#name'))
    .description('trade a strategy on paper: the market as it goes on, no key, fills by the matching core of a backtest; Ctrl-C stops, the next start goes on')
    .option('--verbose', 'log what is asked and answered as well')
    .addHelpText('after', paperDiffers)
    .action(async (strategy: string, _: unknown, self: Command) =>
      end(await (await import('../paper.ts')).paper(strategy, self.optsWithGlobals())));
  example(paper, 'holdfast paper strategy.ts --network mainnet');
  const doctor = withStartOptions(program.command('doctor').argument('<strategy>', 'strategy file, or file#name'))
    .description('check key, account, instruments, clock and data as before a start; nothing is set; exit 4 or 5 when a start would be refused')
    .action(async (strategy: string, _: unknown, self: Command) =>
      end(await (await import('../doctor.ts')).doctor(strategy, self.optsWithGlobals())));
  example(doctor, 'holdfast doctor strategy.ts --network demo');
}

export function addOperator(program: Command, end: End): void {
  const withRun = (command: Command): Command => command
    .option('--run <run>', 'live run; without it the one that is running, or the last one')
    .option('--network <network>', 'the last run on this network', oneOf('local', 'demo', 'testnet', 'mainnet'))
    .option('--exchange <line>', 'what holdfast exchange printed, or a file with it (local runs without a process)')
    .option('--json', 'print one JSON object');
  const acts = [
    ['halt', 'no entries until resume; protection goes on'], ['resume', 'end a halt, a cooldown or a reduction'],
    ['flatten', 'close every position of the run, reduce-only'], ['reduce-only', 'no entries until resume; the strategy may still leave'],
    ['stop', 'end the process: entries cancelled, stops left'],
  ] as const;
  for (const [verb, description] of acts) {
    const command = withRun(program.command(verb).description(description)).option('--yes', 'do not ask')
      .action(async (_: unknown, self: Command) => end(await (await import('../operate.ts')).operateRun(verb, null, self.optsWithGlobals())));
    example(command, `holdfast ${verb} --network demo`);
  }
  const close = withRun(program.command('close').argument('<symbol>', 'symbol of the run').description('close one position, reduce-only'))
    .option('--yes', 'do not ask')
    .action(async (symbol: string, _: unknown, self: Command) => end(await (await import('../operate.ts')).operateRun('close', symbol, self.optsWithGlobals())));
  example(close, 'holdfast close BTCUSDT --network demo');
  const order = withRun(program.command('order').argument('<side>', 'buy or sell').argument('<symbol>', 'symbol of the run')
    .description('an order of your own through the engine, rounded and judged like any other; reduce-only at market unless --open'))
    .option('--qty <base>', 'size in base (contracts when inverse)')
    .option('--notional <quote>', 'size in quote (USDT, or USD when inverse), rounded down to whole quantity steps at the last price or --price').option('--risk <fraction>', 'size by the share of equity lost at the stop (with --open)')
    .option('--open', 'it may open or grow a position; needs --stop').option('--stop <price>', 'stop that rides on it (with --open)')
    .option('--price <price>', 'limit instead of market (with --open)').option('--bars <count>', 'decision bars that a limit lasts', positive, 1)
    .option('--yes', 'do not ask')
    .action(async (side: string, symbol: string, _: unknown, self: Command) => end(await (await import('../order.ts')).order(side, symbol, self.optsWithGlobals())));
  example(order, 'holdfast order sell BTCUSDT --qty 0.01 --network demo');
  const looks = [
    ['status', 'mode, link and equity of a live run'], ['positions', 'positions of a live run, as its engine counts them'],
    ['trades', 'closed trades of a live run'],
  ] as const;
  for (const [verb, description] of looks) {
    const command = withRun(program.command(verb).description(description))
      .action(async (_: unknown, self: Command) => end(await (await import('../operate.ts'))[verb](self.optsWithGlobals())));
    example(command, `holdfast ${verb}`);
  }
  const reconcile = withRun(program.command('reconcile').description('what engine and venue see differently; exit 1 when they do'))
    .option('--dry-run', 'set nothing right (the only way there is: a running engine does it by itself)', true)
    .action(async (_: unknown, self: Command) => end(await (await import('../operate.ts')).reconcile(self.optsWithGlobals())));
  example(reconcile, 'holdfast reconcile --dry-run');
}

export function addExchange(program: Command, end: End): void {
  const command = program.command('exchange')
    .description('serve a local exchange that speaks Bybit V5 on this machine: REST and WebSocket, one account, simulated fills. Prints one JSON line '
      + 'when it is ready: {"rest","public","private","trade","key","secret"}. Ctrl-C ends it')
    .option('--market <venue:category>', 'market to play: builtin:linear needs no files, bybit:linear and bybit:inverse come from the candle lake', 'builtin:linear')
    .option('--symbols <list>', 'symbols with commas between (default: all of builtin:linear; to be named otherwise)')
    .option('--timeframe <timeframe>', 'bars that are played; shorter candles are not served', '5m')
    .option('--from <time>', 'first instant played (UTC), such as 2025-10-01; bars before it are history (default: two weeks after the first bar)')
    .option('--to <time>', 'end of the data (UTC); the market stands still afterwards')
    .option('--speed <factor>', 'market time per clock time: 1, 60, ..., or max: time passes while the client rests, as it says at the admin door', '1')
    .option('--balance <amount>', 'wallet in the settle coin (default 10000)')
    .option('--leverage <factor>', 'leverage of every symbol (default 10)')
    .option('--latency <ms>', 'market time from a request to the exchange (default 0)', whole)
    .option('--slippage <model>', 'none, ticks:N, bps:N or volshare:K:CAP (default none)')
    .option('--margin <mode>', 'isolated or cross', oneOf('isolated', 'cross'), 'isolated')
    .option('--instrument <file>', 'instrument rules that replace the packaged ones, JSON')
    .option('--config <file>', 'run configuration, JSON: fees, path, slippage and the like')
    .option('--set <pairs...>', 'any other configuration key', collect)
    .option('--port <port>', 'REST here, streams on the next port, admin on the one after it (default 0: any free ones)', whole, 0)
    .option('--admin', 'open the admin door too: clock, truth, faults F01-F88, price jumps, sockets; its address and token stand in the line')
    .option('--no-limits', 'refuse nobody for asking too often')
    .option('--seed <text>', 'ids of orders and executions follow from it', 'local')
    .option('--key <key>', 'key of the account (default: drawn)')
    .option('--secret <secret>', 'secret of the account (default: drawn)')
    .action(async (_: unknown, self: Command) => end(await (await import('../exchange.ts')).exchange(self.optsWithGlobals())));
  example(command, 'holdfast exchange --symbols BTCUSDT --speed 60 --admin');
}
