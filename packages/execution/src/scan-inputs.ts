import {
  type BtcMeasures,
  Decimal,
  type DecisionRules,
  decideToken,
  type EntryFacts,
  type ExchangeSymbol,
  type GateVerdict,
  type Market,
  type Mode,
  openScan,
  type RegimeState,
  type ScanMoment,
  type ScanOpening,
  type ScanTerms,
  type Ticker24h,
  type TokenDecision,
  type TokenFacts,
} from '@mexc-bot/core';
import type { ScanInputs } from '@mexc-bot/store';

/** What a stored scan was decided on. */
export interface StoredScan {
  readonly rules: DecisionRules;
  readonly at: number;
  readonly mode: Mode;
  /** those of the tradable markets */
  readonly tickers: readonly Ticker24h[];
  /** listed markets that may not be traded, and why */
  readonly rejected: ReadonlyMap<ExchangeSymbol, string>;
  readonly regimeBefore: RegimeState | null;
  readonly btc: BtcMeasures | null;
  readonly tokens: readonly StoredToken[];
}

/** A hype token: what was found out about it, and what was decided. */
export interface StoredToken {
  readonly market: Market;
  /** the candles it was judged on: open times of the first and last, and how many; null: they could not be read */
  readonly candles: { readonly from: number; readonly last: number; readonly count: number } | null;
  readonly verdict: GateVerdict | null;
  readonly entry: EntryFacts | null;
  readonly decided: DecidedToken;
}

/** A decision in comparable form. */
export interface DecidedToken {
  readonly strategy: string | null;
  /** reason code of the rejection, or `approved` */
  readonly decision: string;
  /** of the approved order, decimal */
  readonly price: string | null;
  readonly quantity: string | null;
}

export function decidedToken(strategy: string | null, decision: TokenDecision): DecidedToken {
  const none = { strategy, price: null, quantity: null };
  if (decision.state === 'rejected') return { ...none, decision: decision.reason };
  if (decision.state !== 'approved') return { ...none, decision: decision.state };
  const { price, quantity } = decision.order;
  return { strategy, decision: 'approved', price: price.toString(), quantity: quantity.toString() };
}

/** Decimals as text, a set as a list. */
type Encoded<Value> = Value extends Decimal
  ? string
  : Value extends ReadonlySet<infer Item>
    ? readonly Item[]
    : Value extends readonly (infer Item)[]
      ? readonly Encoded<Item>[]
      : Value extends object
        ? { readonly [Key in keyof Value]: Encoded<Value[Key]> }
        : Value;

/** Tickers as columns: quicker to write, and smaller deflated. */
interface Body extends Pick<StoredScan, 'at' | 'mode' | 'regimeBefore' | 'btc'> {
  readonly tickers: { readonly [Key in keyof Ticker24h]: readonly Ticker24h[Key][] };
  readonly tokens: readonly Encoded<StoredToken>[];
}

/** Texts of objects that live from scan to scan. */
const texts = new WeakMap<object, string>();
function textOnce(of: object, make: () => unknown): string {
  const text = texts.get(of) ?? JSON.stringify(make());
  texts.set(of, text);
  return text;
}

export function encodeInputs(scan: {
  readonly moment: ScanMoment;
  readonly universe: {
    readonly tradable: Pick<ReadonlySet<ExchangeSymbol>, 'has'>;
    readonly rejected: ReadonlyMap<ExchangeSymbol, string>;
  };
  readonly rules: DecisionRules;
  readonly terms: ScanTerms;
  /** what was found out about each hype token in the end, and the open times of its candles; null: they could not be read */
  readonly tokens: readonly { readonly facts: TokenFacts; readonly openTime: Float64Array | null }[];
}): ScanInputs {
  const { moment, universe, rules, terms } = scan;
  const { at, mode, regimeBefore, btc } = moment;
  const tickers = moment.tickers.filter(({ market }) => universe.tradable.has(market));
  const column = <Key extends keyof Ticker24h>(key: Key) => tickers.map((ticker) => ticker[key]);
  const body: Body = {
    at,
    mode,
    regimeBefore,
    btc,
    tickers: {
      market: column('market'),
      last: column('last'),
      bid: column('bid'),
      ask: column('ask'),
      quoteVolume: column('quoteVolume'),
      change: column('change'),
    },
    tokens: scan.tokens.map(({ facts, openTime }) => encodeToken(facts, openTime, terms)),
  };
  return {
    rules: textOnce(rules, () => rules),
    universe: textOnce(universe, () => Object.fromEntries(universe.rejected)),
    body: JSON.stringify(body),
  };
}

function encodeToken(facts: TokenFacts, openTime: Float64Array | null, terms: ScanTerms): Encoded<StoredToken> {
  return {
    market: encodeMarket(facts.market),
    candles: openTime === null ? null : { from: openTime[0] ?? 0, last: openTime.at(-1) ?? 0, count: openTime.length },
    verdict: facts.verdict ?? null,
    entry: facts.entry === undefined ? null : encodeEntry(facts.entry),
    decided: decidedToken(facts.classification.strategy, decideToken(facts, terms)),
  };
}

export function decodeInputs(inputs: ScanInputs): StoredScan {
  const body = JSON.parse(inputs.body) as Body;
  const { tickers } = body;
  return {
    rules: JSON.parse(inputs.rules) as DecisionRules,
    rejected: new Map(Object.entries(JSON.parse(inputs.universe) as Record<string, string>)),
    at: body.at,
    mode: body.mode,
    regimeBefore: body.regimeBefore,
    btc: body.btc,
    tickers: tickers.market.map((market, i) => ({
      market,
      last: tickers.last[i]!,
      bid: tickers.bid[i]!,
      ask: tickers.ask[i]!,
      quoteVolume: tickers.quoteVolume[i]!,
      change: tickers.change[i]!,
    })),
    tokens: body.tokens.map((token) => ({
      ...token,
      market: decodeMarket(token.market),
      entry: token.entry === null ? null : decodeEntry(token.entry),
    })),
  };
}

/** Decimals write themselves as text. */
const encodeMarket = (market: Market): Encoded<Market> => JSON.parse(JSON.stringify(market)) as Encoded<Market>;

function decodeMarket(market: Encoded<Market>): Market {
  const { rules } = market;
  const { bidMultiplierUp: up, askMultiplierDown: down } = rules;
  return {
    ...market,
    rules: {
      tickSize: new Decimal(rules.tickSize),
      stepSize: new Decimal(rules.stepSize),
      minQuantity: new Decimal(rules.minQuantity),
      minNotional: new Decimal(rules.minNotional),
      maxNotional: new Decimal(rules.maxNotional),
      takerFeeRate: new Decimal(rules.takerFeeRate),
      ...(up === undefined ? {} : { bidMultiplierUp: new Decimal(up) }),
      ...(down === undefined ? {} : { askMultiplierDown: new Decimal(down) }),
    },
  };
}

function encodeEntry(entry: EntryFacts): Encoded<EntryFacts> {
  if (entry.barred !== null) return entry;
  const { exposure } = entry;
  const { record } = exposure;
  const mark = record.highWaterMark;
  return {
    ...entry,
    ask: entry.ask.toString(),
    exposure: {
      ...exposure,
      freeQuote: exposure.freeQuote.toString(),
      equity: exposure.equity.toString(),
      occupied: [...exposure.occupied],
      record: {
        ...record,
        realisedToday: record.realisedToday.toString(),
        highWaterMark: mark && { ...mark, equity: mark.equity.toString(), lastEquity: mark.lastEquity.toString() },
      },
    },
  };
}

function decodeEntry(entry: Encoded<EntryFacts>): EntryFacts {
  if (entry.barred !== null) return entry;
  const { exposure } = entry;
  const { record } = exposure;
  const mark = record.highWaterMark;
  return {
    ...entry,
    ask: new Decimal(entry.ask),
    exposure: {
      ...exposure,
      freeQuote: new Decimal(exposure.freeQuote),
      equity: new Decimal(exposure.equity),
      occupied: new Set(exposure.occupied),
      record: {
        ...record,
        realisedToday: new Decimal(record.realisedToday),
        highWaterMark: mark && {
          ...mark,
          equity: new Decimal(mark.equity),
          lastEquity: new Decimal(mark.lastEquity),
          lastAt: mark.lastAt ?? null,
        },
      },
    },
  };
}

/** A scan as it is decided again from what was stored of it. */
export function openStored({ at, mode, tickers, rejected, regimeBefore, btc, rules }: StoredScan): ScanOpening {
  const universeVerdict = (market: ExchangeSymbol) => rejected.get(market) ?? null;
  return openScan({ at, mode, tickers, universeVerdict, regimeBefore, btc }, rules);
}

/** Asks for the last scan on record. */
export const LAST_SCAN = Number.MAX_SAFE_INTEGER;
