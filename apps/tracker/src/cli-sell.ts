import { setTimeout as sleep } from 'node:timers/promises';
import { type ExchangeSymbol, type Mode, marketMeant, type OpenPosition } from '@mexc-bot/core';
import { loadSettings, print, UserError } from '@mexc-bot/runtime';
import { openStore, type RequestResult, type Store } from '@mexc-bot/store';
import { positionTable } from './tables.ts';

/** Wall ms until a running tracker has answered, and between two looks. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 200;

interface SellOptions {
  readonly mode?: Mode;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Asked {
  readonly positions: readonly OpenPosition[];
  /** null: nothing was asked for, or nobody answered */
  readonly result: RequestResult | null;
  readonly asked: boolean;
}

/** Shows what would be sold; with `--yes`, asks the tracker and waits for its answer. */
export async function sellCommand(
  options: SellOptions,
  what: { readonly kind: 'sell'; readonly symbol: string } | { readonly kind: 'panic' },
): Promise<void> {
  const settings = loadSettings(process.env);
  const store = openStore(settings.database);
  try {
    const market = what.kind === 'sell' ? marketOf(store, what.symbol, settings.universe.quote) : null;
    const mode = options.mode ?? (what.kind === 'panic' ? null : (store.state.mode() ?? settings.mode));
    const positions = store.positions.open(mode ?? undefined).filter((row) => market === null || row.market === market);
    if (market !== null && positions.length === 0) {
      const held = store.positions.open().map((row) => `${row.market} (${row.mode})`);
      throw new UserError(
        `${market} is not held in ${mode} mode`,
        held.length === 0 ? 'No position is open.' : `Open: ${held.join(', ')}. Another mode: --mode`,
      );
    }
    let result: RequestResult | null = null;
    if (options.yes) {
      const by = 'command line';
      result = await answerTo(store, store.requests.add({ kind: what.kind, market, mode, by, wallAt: Date.now() }));
      if (result === null) process.exitCode = 1;
    }
    print({ positions, result, asked: options.yes === true }, { json: options.json, text: words });
  } finally {
    store.close();
  }
}

function marketOf(store: Store, symbol: string, quote: string): ExchangeSymbol {
  const found = marketMeant(symbol, store.markets.ids(), quote);
  if (found === undefined)
    throw new UserError(
      `${symbol} is no market the suite knows`,
      'Name one such as PEPEUSDT; tracker list shows yours.',
    );
  return found;
}

async function answerTo(store: Store, id: number): Promise<RequestResult | null> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const result = store.requests.get(id)?.result ?? null;
    if (result !== null) return result;
    await sleep(LOOK_MS);
  }
  return null;
}

function words({ positions, result, asked }: Asked): string {
  if (!asked) return `${positionTable(positions)}\nNothing was asked for. To sell: --yes`;
  if (result === null)
    return 'The tracker has not answered; it sells when it runs again within ten minutes. Is it running? (npm run status)';
  if (result.code === 'selling') return `The tracker sells ${result.markets.join(', ')}.`;
  return result.code === 'expired' ? 'The request came too late and was dropped.' : 'Nothing was left to sell.';
}
