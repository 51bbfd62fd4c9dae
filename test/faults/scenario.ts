import type { FaultPlanInput } from '../../apps/simulator/src/faults/plan.ts';
import { faultTheme, restFaultMenu } from './fault-menu.ts';
import { type MarketScript, RUN_STARTS_AT } from './market.ts';
import { createRandom, type Random } from './random.ts';

export type ProcessName = 'tracker' | 'scanner' | 'labeler';

/** One process from start to crash; the last life of a process has no end. */
export interface LifePlan {
  /** crashes at this place of its way, counted from 1; null: not there */
  readonly endsAfterSteps: number | null;
  /** crashes at this moment, ms after its start, whatever it does; null: not then */
  readonly endsAfterMs: number | null;
  /** until the next life begins, ms */
  readonly downMs: number;
  /** settings this life runs by */
  readonly settings: SettingsChange;
}

/** What differs from the defaults: section by section. */
export type SettingsChange = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the owner does beside the suite, ms after the start. */
export type OwnerAction =
  | { readonly at: number; readonly kind: 'pause' }
  | { readonly at: number; readonly kind: 'resume' }
  /** sells a share of what is held of the oldest position's coins, at the exchange */
  | { readonly at: number; readonly kind: 'sell'; readonly share: number }
  /** sends coins of a market to the account */
  | { readonly at: number; readonly kind: 'deposit'; readonly symbol: string; readonly quantity: number };

/** Pushed prices, as the client of the price stream delivers them; null: REST alone. */
export interface StreamPlan {
  readonly everyMs: number;
  /** nothing comes from and until, ms after the start */
  readonly silent: readonly (readonly [number, number])[];
}

/** Everything about one run: the same for the same seed. Times are ms after the start. */
export interface Scenario {
  readonly seed: number;
  readonly mode: 'live' | 'test';
  readonly markets: readonly MarketScript[];
  readonly plan: FaultPlanInput;
  readonly balances: Readonly<Record<string, string>>;
  readonly rateLimits: boolean;
  /** one way, ms, at least and at most */
  readonly latency: readonly [number, number];
  /** the processes there are */
  readonly lives: Readonly<Partial<Record<ProcessName, readonly LifePlan[]>>>;
  readonly owner: readonly OwnerAction[];
  readonly stream: StreamPlan | null;
  /** this machine's wall clock jumps */
  readonly clockSteps: readonly { readonly at: number; readonly byMs: number }[];
  /** faults stop then */
  readonly activeMs: number;
  /** everything must have converged this long after */
  readonly calmMs: number;
}

export const LEAST_MARKETS = 4;
const MOST_MARKETS = 8;
/** Faults are over then at the latest, ms after the start. */
export const LONGEST_ACTIVE_MS = 80_000;

const baseOf = (n: number): string => `T${String.fromCharCode(65 + n)}`;
/** @returns the name of a run's nth market */
export const marketSymbol = (n: number): string => `${baseOf(n)}USDT`;

export function scenarioOf(seed: number): Scenario {
  const random = createRandom(seed);
  const mode = random.chance(0.85) ? 'live' : 'test';
  const markets = scriptMarkets(random);
  const activeMs = random.whole(30, LONGEST_ACTIVE_MS / 1_000) * 1_000;
  const faults = random.chance(0.06) ? [] : restFaultMenu(random, markets, activeMs);
  const theme = faultTheme(random, activeMs);
  const eventful = marketEvents(random, markets, activeMs);
  const plan: FaultPlanInput = {
    seed: random.whole(0, 2 ** 31),
    behaviour: {
      duplicateClientOrderId: random.pick(['reject', 'accept', 'first']),
      emptyCandles: random.pick(['fill', 'omit']),
      visibleAfterSeconds: random.chance(0.2) ? random.between(0.1, 3) : 0,
    },
    faults: [...(theme?.rules ?? []), ...faults],
    market: eventful,
  };
  const base = baseSettings(random, theme?.reconcileEvery ?? random.pick([0.25, 0.5]));
  return {
    seed,
    mode,
    markets,
    plan,
    balances: { USDT: String(random.whole(60, 900)), ...(random.chance(0.15) && { MX: '25' }) },
    rateLimits: random.chance(0.5),
    latency: random.pick([
      [2, 8],
      [20, 120],
      [5, 900],
    ] as const),
    lives: { tracker: scriptLives(random, base, activeMs), scanner: scriptLives(random, base, activeMs) },
    owner: ownerActions(random, markets, activeMs, mode),
    stream: theme?.withoutStream !== true && random.chance(0.5) ? scriptStream(random, activeMs) : null,
    clockSteps: random.chance(0.15)
      ? [{ at: random.whole(5_000, activeMs), byMs: random.pick([-30_000, -3_000, 3_000, 20_000]) }]
      : [],
    activeMs,
    calmMs: 130_000,
  };
}

function scriptMarkets(random: Random): MarketScript[] {
  const count = random.whole(LEAST_MARKETS, MOST_MARKETS);
  return Array.from({ length: count }, (_, n): MarketScript => {
    const magnitude = random.pick([0.0004, 0.013, 0.6, 4, 120]);
    const price = magnitude * random.between(0.7, 1.6);
    const priceDecimals = Math.max(2, Math.round(4 - Math.log10(price)));
    return {
      symbol: marketSymbol(n),
      base: baseOf(n),
      price: Number(price.toFixed(priceDecimals)),
      priceDecimals,
      quantityDecimals: Math.max(0, Math.min(8, Math.round(random.pick([1, 3]) + Math.log10(price)))),
      quoteVolume: random.pick([130_000, 400_000, 2_500_000]),
      gain: n === count - 1 ? 0 : random.between(0.045, 0.12),
    };
  });
}

/** Pumps, crashes, gaps through the stop, and markets that halt or go. */
function marketEvents(random: Random, markets: readonly MarketScript[], activeMs: number): FaultPlanInput['market'] {
  const events: NonNullable<FaultPlanInput['market']> = [];
  const at = (): string => `+${random.whole(6_000, activeMs)}ms`;
  for (const { symbol } of markets) {
    const moves = random.whole(1, 4);
    for (let n = 0; n < moves; n++) {
      const factor = random.pick([0.55, 0.8, 0.9, 0.95, 0.97, 1.02, 1.05, 1.08, 1.3]);
      const overSeconds = random.pick([0, 0, 5, 20, 40]);
      const recovers = random.chance(0.4) && {
        holdSeconds: random.whole(3, 30),
        recoverOverSeconds: random.pick([0, 10]),
      };
      events.push({ at: at(), kind: 'shock', symbol, factor, overSeconds, ...recovers });
    }
    if (random.chance(0.12)) {
      events.push({
        at: at(),
        kind: 'liquidity',
        symbol,
        share: random.pick([0, 0.01, 0.05]),
        forSeconds: random.whole(3, 40),
      });
    }
  }
  if (random.chance(0.3)) {
    const { symbol } = random.pick(markets);
    const halted = random.whole(8_000, activeMs - 10_000);
    events.push({ at: `+${halted}ms`, kind: 'set', symbol, status: random.pick(['2', '3']) });
    if (random.chance(0.7)) {
      const online = halted + random.whole(4_000, 40_000);
      events.push({ at: `+${online}ms`, kind: 'set', symbol, status: '1' });
    }
  } else if (random.chance(0.12)) {
    const { symbol } = random.pick(markets);
    events.push({ at: at(), kind: 'delist', symbol, as: random.pick(['status-3', 'removed-10007', 'removed-1121']) });
  }
  if (random.chance(0.15)) {
    const { symbol } = random.pick(markets);
    const change = random.pick([
      { apiTrading: false },
      { sides: 'none' },
      { sides: 'sell' },
      { riskFlag: true },
    ] as const);
    const back = { apiTrading: true, sides: 'all', riskFlag: false } as const;
    const changed = random.whole(8_000, activeMs - 10_000);
    events.push({ at: `+${changed}ms`, kind: 'set', symbol, ...change });
    if (random.chance(0.7))
      events.push({ at: `+${changed + random.whole(4_000, 40_000)}ms`, kind: 'set', symbol, ...back });
  }
  if (random.chance(0.05)) events.push({ at: at(), kind: 'status-words', online: 'ENABLED' });
  if (random.chance(0.08)) {
    events.push({ at: at(), kind: 'list', symbol: 'NEWUSDT', like: random.pick(markets).symbol });
  }
  if (random.chance(0.1)) events.push({ at: at(), kind: 'mx-deduct', key: '*', on: true });
  return events;
}

function baseSettings(random: Random, reconcileEvery: number): SettingsChange {
  const requestTimeoutMs = random.pick([2_000, 4_000]);
  return {
    scan: { everySeconds: random.pick([5, 8, 12]) },
    universe: { minAgeHours: 0 },
    hype: { minQuoteVolume: 50_000 },
    ai: { onMissing: { test: 'pass', live: 'pass' } },
    protections: {
      maxOpenPositions: random.whole(1, 6),
      cooldownMinutes: random.pick([0, 0, 0.2]),
      maxPriceAgeMs: random.pick([2_000, 5_000]),
    },
    exchange: { requestTimeoutMs, recvWindowMs: random.pick([3_000, 6_000]) },
    execution: {
      settleAfterMs: requestTimeoutMs + 500,
      absentAfterMs: random.pick([22_000, 30_000]),
      maxSlippage: random.pick([0.002, 0.005]),
      maxExitSlippage: random.pick([0.01, 0.03]),
    },
    reconcile: { everyMinutes: reconcileEvery, confirmSeconds: random.pick([6, 10]) },
    prices: { pollMs: random.pick([1_000, 2_000]) },
    paper: { latencyMs: random.pick([0, 150, 700]) },
  };
}

/** Settings the owner may have changed before the next start. */
function changedSettings(random: Random): SettingsChange {
  if (random.chance(0.6)) return {};
  return {
    position: {
      trailFrom: random.pick([0.005, 0.01, 0.05]),
      confirmSeconds: random.pick([0, 5, 30]),
      breakEvenAfterFirstLevel: random.chance(0.5),
      atr: { calmFactor: random.pick([0.5, 0.8]), wildFactor: random.pick([1.2, 2]) },
    },
  };
}

function scriptLives(random: Random, base: SettingsChange, activeMs: number): LifePlan[] {
  const merged = (): SettingsChange => ({ ...base, ...changedSettings(random) });
  const lives: LifePlan[] = [];
  const crashes = random.pick([0, 1, 1, 2, 3]);
  for (let n = 0; n < crashes; n++) {
    const bySteps = random.chance(0.75);
    lives.push({
      // most of what matters happens early in a life: around the first orders
      endsAfterSteps: bySteps ? Math.ceil(10 ** random.between(0.3, 2.7)) : null,
      endsAfterMs: bySteps ? null : random.whole(100, activeMs / crashes),
      downMs: random.pick([50, 1_000, 5_000, 15_000]),
      settings: merged(),
    });
  }
  lives.push({ endsAfterSteps: null, endsAfterMs: null, downMs: 0, settings: merged() });
  return lives;
}

function ownerActions(
  random: Random,
  markets: readonly MarketScript[],
  activeMs: number,
  mode: 'live' | 'test',
): OwnerAction[] {
  const actions: OwnerAction[] = [];
  if (random.chance(0.2)) {
    const paused = random.whole(4_000, activeMs - 5_000);
    actions.push({ at: paused, kind: 'pause' });
    if (random.chance(0.7)) actions.push({ at: paused + random.whole(2_000, 40_000), kind: 'resume' });
  }
  if (mode === 'live' && random.chance(0.15)) {
    actions.push({ at: random.whole(15_000, activeMs), kind: 'sell', share: random.pick([0.4, 1]) });
  } else if (mode === 'live' && random.chance(0.1)) {
    const { symbol, price } = random.pick(markets);
    actions.push({ at: random.whole(2_000, activeMs), kind: 'deposit', symbol, quantity: Math.ceil(20 / price) });
  }
  return actions.sort((a, b) => a.at - b.at);
}

function scriptStream(random: Random, activeMs: number): StreamPlan {
  const from = random.whole(5_000, activeMs);
  const silent = random.chance(0.6) ? [[from, from + random.whole(5_000, 60_000)] as const] : [];
  return { everyMs: random.pick([400, 1_000]), silent };
}

/** @returns ms UTC */
export const momentOf = (afterStart: number): number => RUN_STARTS_AT + afterStart;
