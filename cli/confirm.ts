/** Real money is confirmed in so many words, and only with a configuration that was tried where none is at stake. */
import { input } from '@inquirer/prompts';
import { Failure } from './failure.ts';
import type { Network } from './network.ts';

const sentence = 'trade real money';

export async function confirmMainnet({ network, yesMainnet }: { readonly network: Network; readonly yesMainnet?: boolean }, wasTried: boolean): Promise<void> {
  if (network !== 'mainnet') return;
  if (!wasTried) {
    throw new Failure(5, 'mainnet: this configuration was never run on demo or local, expected at least one such run. '
      + 'Fix: run it with --network demo first');
  }
  if (yesMainnet === true) return;
  if (!process.stdin.isTTY) throw new Failure(5, 'mainnet: was not confirmed, expected a typed confirmation. Fix: run it in a terminal, or say --yes-mainnet');
  const typed = await input({ message: `This trades with real money. Type "${sentence}" to go on:` });
  if (typed.trim() !== sentence) throw new Failure(5, `mainnet: was '${typed.trim()}', expected '${sentence}'. Fix: type it exactly`);
}
