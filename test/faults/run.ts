import { type TradeOrder, ZERO } from '@mexc-bot/core';
import { resumeEntries } from '@mexc-bot/execution';

import { createMemoryBudgetLedger, type Store } from '@mexc-bot/store';
import { differences } from './compare.ts';
import { takeEmptyStore } from './empty-store.ts';
import { type InProcessExchange, openExchange } from './exchange.ts';
import { createInspector } from './inspector.ts';
import { RUN_STARTS_AT, scriptedMarket } from './market.ts';
import { createRandom } from './random.ts';
import { momentOf, type OwnerAction, type Scenario } from './scenario.ts';
import { stubStream } from './stub-stream.ts';
import { type Break, createVerdicts, type Invariant, type Verdicts } from './verdicts.ts';
import { createVirtualTime } from './virtual-time.ts';
import { createProcesses, type World } from './world.ts';

export interface RunResult {
  readonly seed: number;
  readonly tried: readonly Invariant[];
  readonly breaks: readonly Break[];
  /** what happened, for the eye: it also shows that two runs of a seed are the same */
  readonly summary: {
    readonly mode: string;
    readonly orders: number;
    readonly trades: number;
    readonly positions: number;
    readonly crashes: number;
    readonly requests: number;
    readonly faults: readonly string[];
  };
}

const LOOK_EVERY_MS = 500;

/** One scenario from start to calm, and its verdict. */
export async function run(scenario: Scenario, trace: ((line: string) => void) | null = null): Promise<RunResult> {
  const time = createVirtualTime(RUN_STARTS_AT);
  const say =
    trace && ((line: string) => trace(`${((time.now() - RUN_STARTS_AT) / 1000).toFixed(3).padStart(8)} ${line}`));
  const exchange = openExchange({
    source: scriptedMarket(scenario.markets, scenario.seed),
    time,
    seed: scenario.seed,
    balances: scenario.balances,
    plan: scenario.plan,
    rateLimits: scenario.rateLimits,
  });
  // one process at a time does one thing at a time: a connection of each's own to a file would cost four times as much and show
  // nothing else, as nothing is looked at between two statements of a transaction
  const books = takeEmptyStore();
  const verdicts = createVerdicts(() => time.now() - RUN_STARTS_AT);
  const budget = createMemoryBudgetLedger();
  const heldBackUntil = (): number => budget.update((state) => ({ state, result: state.block?.until ?? 0 }));
  const inspector = createInspector({ scenario, time, exchange, books, verdicts, heldBackUntil });
  const counts = { requests: 0, crashes: 0 };
  const watch = {
    ...inspector,
    sent: (request: Parameters<typeof inspector.sent>[0]) => {
      counts.requests += 1;
      inspector.sent(request);
    },
    crashed: (...args: Parameters<typeof inspector.crashed>) => {
      counts.crashes += 1;
      inspector.crashed(...args);
    },
  };
  const world: World = {
    scenario,
    time,
    exchange,
    books,
    random: createRandom(scenario.seed ^ 0x5bd1e995),
    watch,
    budget,
    openStream: (life, { clock }) => scenario.stream && stubStream(world, scenario.stream, life, clock),
    timeWaits: 1,
    trace: say,
  };

  const processes = createProcesses(world);
  const end = momentOf(scenario.activeMs + scenario.calmMs);
  const look = (): void => {
    if (time.now() >= end) return;
    inspector.look();
    time.at(time.now() + LOOK_EVERY_MS, look);
  };
  time.at(time.now() + LOOK_EVERY_MS, look);
  for (const action of scenario.owner)
    time.at(momentOf(action.at), () => act(action, scenario, books, exchange, time.now(), say));

  processes.start();
  await time.runTo(momentOf(scenario.activeMs));
  const fired = [...exchange.firedKinds()].sort();
  exchange.calm();
  processes.spare();
  inspector.calmed();
  say?.('--- calm');
  await converge(scenario, world, books);
  judgeEnd(scenario, books, exchange, verdicts);

  const { tried, breaks } = verdicts.all();
  const { ledger } = exchange.engine;
  const summary = {
    mode: scenario.mode,
    orders: scenario.mode === 'live' ? ledger.orders().length : books.orders.ofMode('test').length,
    trades: scenario.mode === 'live' ? ledger.trades().length : books.orders.fillsOfMode('test').length,
    positions: books.positions.open().length + books.positions.closed(scenario.mode, 0).length,
    ...counts,
    faults: fired,
  };
  processes.end();
  await time.runTo(time.now());
  await exchange.close();
  return { seed: scenario.seed, tried, breaks, summary };
}

/** Until the books are quiet and were compared twice with the account, or until it has taken too long. */
async function converge(scenario: Scenario, { time }: World, books: Store): Promise<void> {
  const calmFrom = momentOf(scenario.activeMs);
  const until = calmFrom + scenario.calmMs;
  // what the owner moved must have been seen twice by the reconciliation
  const enoughMs = scenario.owner.some(({ kind }) => kind === 'sell' || kind === 'deposit') ? 50_000 : 32_000;
  let quietSince: number | null = null;
  while (time.now() < until) {
    await time.runTo(Math.min(until, time.now() + 2_000));
    // an exit in an empty book is tried again and again: what counts is that every order finds its end
    const quiet = books.orders.unsettled().every(({ createdWallAt }) => time.now() - createdWallAt < 15_000);
    if (!quiet) quietSince = null;
    else quietSince ??= time.now();
    if (quietSince !== null && time.now() - Math.max(quietSince, calmFrom) >= enoughMs) break;
  }
  // between two orders
  while (time.now() < until && books.orders.unsettled().length > 0) await time.runTo(time.now() + 50);
}

const NO_LIMITS = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null };

/** What the owner does beside the suite. */
function act(
  action: OwnerAction,
  scenario: Scenario,
  books: Store,
  exchange: InProcessExchange,
  now: number,
  say: ((line: string) => void) | null,
): void {
  say?.(`owner: ${JSON.stringify(action)}`);
  if (action.kind === 'pause') books.state.setPaused(true, now);
  else if (action.kind === 'resume') resumeEntries(books, scenario.mode, NO_LIMITS, now, now);
  else if (action.kind === 'deposit') {
    const asset = action.symbol.replace(/USDT$/, '');
    exchange.follow({ market: [{ at: '+0s', kind: 'deposit', key: '*', asset, amount: String(action.quantity) }] });
    exchange.engine.advance(now);
  } else {
    const position = books.positions.open('live')[0];
    const held = position && exchange.account.balances.get(position.base)?.free;
    if (!position || !held?.gt(0)) return;
    const step = books.markets.get(position.market)!.rules.stepSize;
    const quantity = held.mul(action.share).div(step).floor().mul(step);
    const placed = exchange.engine.place(now, exchange.account, {
      symbol: position.market,
      side: 'SELL',
      type: 'MARKET',
      quantity: quantity.toFixed(),
    });
    say?.(`owner sold ${quantity} ${position.base}: ${placed.ok ? placed.value.status : placed.error.msg}`);
  }
}

function judgeEnd(scenario: Scenario, books: Store, exchange: InProcessExchange, { tried, broken }: Verdicts): void {
  const { ledger } = exchange.engine;
  const unclear = new Set(
    books.alerts.recent(500).flatMap(({ kind, detail }) => (kind === 'order_unclear' ? [String(detail.order)] : [])),
  );
  const gone = (symbol: string): boolean => exchange.quotes.markets.removal(symbol) === 'unknown';
  for (const order of books.orders.unsettled()) {
    // of a market it no longer knows, the exchange tells nothing
    if (gone(order.market)) unclear.add(order.clientOrderId);
    if (!unclear.has(order.clientOrderId))
      broken('I24', `order ${order.clientOrderId} is still ${order.state} long after the faults`);
  }
  tried('I24');
  const leftOpen = [...unclear].flatMap((id) => whatDependsOn(books.orders.get(id)));
  for (const line of differences(books, exchange)) {
    if (!leftOpen.some((words) => line.includes(words))) broken('I24', line);
  }

  for (const order of books.orders.ofMode('live')) {
    const theirs = ledger.byClientOrderId(exchange.account.id, order.clientOrderId);
    if (theirs && (order.state === 'absent' || order.state === 'rejected'))
      broken('I4', `${order.clientOrderId} is ${order.state} in the journal, the exchange has it`);
  }
  const seen = new Map<string, number>();
  for (const { clientOrderId } of ledger.orders()) {
    if (clientOrderId !== null) seen.set(clientOrderId, (seen.get(clientOrderId) ?? 0) + 1);
  }
  for (const [id, count] of seen) if (count > 1) broken('I2', `${count} orders with the id ${id}`);

  for (const mode of ['live', 'test'] as const) {
    const fills = books.orders.fillsOfMode(mode);
    const positions = [...books.positions.open(mode), ...books.positions.closed(mode, 0)];
    const byOrder = new Map(books.orders.ofMode(mode).map((order) => [order.clientOrderId, order.positionId]));
    for (const position of positions) {
      if (position.lastExitReason === 'gone' || scenario.owner.some(({ kind }) => kind === 'sell')) continue;
      tried('I6');
      let left = ZERO;
      for (const fill of fills) {
        if (byOrder.get(fill.clientOrderId) !== position.id) continue;
        left = fill.side === 'buy' ? left.plus(fill.quantity) : left.minus(fill.quantity);
      }
      const held = position.state === 'open' ? position.quantity : position.dust;
      if (!left.eq(held)) broken('I6', `${mode} ${position.market}: fills leave ${left}, the position says ${held}`);
    }
  }
  judgeOwned(scenario, books, exchange, { tried, broken });
  judgePaper(books, { tried, broken });
}

/** What books and ledger may disagree about while nobody knows what became of an order: in the words of a difference. */
function whatDependsOn(order: TradeOrder | undefined): readonly string[] {
  if (order === undefined) return [];
  const { clientOrderId, market } = order;
  const base = market.replace(/USDT$/, '');
  return [clientOrderId, market, `balance of ${base}:`, `positions in ${base}:`, 'balance of USDT:', 'balance of MX:'];
}

type Judge = Pick<Verdicts, 'tried' | 'broken'>;

function judgeOwned(scenario: Scenario, books: Store, exchange: InProcessExchange, { tried, broken }: Judge): void {
  const moved = scenario.owner.some(({ kind }) => kind === 'sell' || kind === 'deposit');
  if (moved) tried('I7');
  const unsettled = new Set(books.orders.unsettled().map(({ positionId }) => positionId));
  for (const position of books.positions.open('live')) {
    // what an order without an answer did is not known
    if (unsettled.has(position.id)) continue;
    const balance = exchange.account.balances.get(position.base);
    const owned = balance === undefined ? ZERO : balance.free.plus(balance.locked);
    if (position.quantity.gt(owned)) broken('I7', `${position.market}: ${position.quantity} booked, ${owned} owned`);
  }
  const alerts = books.alerts.recent(500);
  for (const { asset, amount } of exchange.engine.ledger.adjustments()) {
    const market = books.markets.get(`${asset}USDT`);
    if (market === undefined || amount.lt(market.rules.stepSize)) continue;
    if (!alerts.some(({ kind, market: id }) => kind === 'coins_without_position' && id === market.id))
      broken('I7', `${amount} ${asset} came to the account and nobody was told`);
  }
}

/** The paper account is what its own fills leave of the deposit. */
function judgePaper(books: Store, { broken }: Judge): void {
  const expected = new Map<string, typeof ZERO>();
  const add = (asset: string, amount: typeof ZERO): void =>
    void expected.set(asset, (expected.get(asset) ?? ZERO).plus(amount));
  for (const fill of books.orders.fillsOfMode('test')) {
    const sign = fill.side === 'buy' ? 1 : -1;
    add(fill.market.replace(/USDT$/, ''), fill.quantity.mul(sign));
    add('USDT', fill.price.mul(fill.quantity).mul(-sign));
    add(fill.feeAsset, fill.fee.neg());
  }
  const account = books.paper.account();
  if (expected.size > 0) add('USDT', ZERO.plus(1_000));
  for (const [asset, amount] of expected) {
    const held = account.get(asset) ?? ZERO;
    if (!held.eq(amount)) broken('I24', `paper ${asset}: books ${amount}, account ${held}`);
  }
}
