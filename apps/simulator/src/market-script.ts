import type { MarketEvent } from './faults/market-events.ts';
import { resolveTime } from './faults/times.ts';
import type { Listing } from './market-source.ts';
import { stepsOfShock } from './price-steps.ts';
import type { Quotes } from './quotes.ts';

/** An event of the market at its time. */
export interface ScriptedEvent {
  /** ms UTC */
  readonly at: number;
  readonly event: MarketEvent;
  done: boolean;
}

/** What will happen to the market, in the order of its time. */
export interface MarketScript {
  /** `origin` is what `"+90s"` counts from, ms UTC */
  add(events: readonly MarketEvent[], origin: number): readonly ScriptedEvent[];
  /** @returns the next event at or before `time`, which is then done */
  take(time: number): ScriptedEvent | undefined;
  all(): readonly ScriptedEvent[];
  /** Forgets what has not happened yet. @returns how many events that were */
  clear(): number;
}

export function createMarketScript(): MarketScript {
  const events: ScriptedEvent[] = [];
  let next = 0;
  return {
    add(added, origin) {
      const scripted = added.map((event) => ({ at: resolveTime(event.at, origin), event, done: false }));
      events.push(...scripted);
      // what is done lies before `next` and stays there; a stable sort keeps the plan's own order within one moment
      const ahead = events.splice(next).sort((a, b) => a.at - b.at);
      events.push(...ahead);
      return scripted;
    },
    take(time) {
      const event = events[next];
      if (!event || event.at > time) return undefined;
      next += 1;
      event.done = true;
      return event;
    },
    all: () => events,
    clear: () => events.splice(next).length,
  };
}

/**
 * What is wrong with the events' symbols, each with its field. A listing is known at once, a new name from its time on, also
 * where what was scripted before brings it.
 *
 * @param origin what `"+90s"` counts from, ms UTC
 */
export function symbolFaults(
  events: readonly MarketEvent[],
  origin: number,
  { known }: Pick<Quotes, 'known'>,
  scripted: readonly ScriptedEvent[],
): readonly string[] {
  const brought = new Set<string>();
  const isKnown = (symbol: string): boolean => brought.has(symbol) || known(symbol) !== undefined;
  const unknown = (field: string, symbol: string): string => `${field}: there is no market ${symbol}`;

  const faultsOfListing = (event: MarketEvent, field: string): readonly string[] => {
    if (event.kind !== 'list') return [];
    const fault =
      event.like === undefined
        ? !isKnown(event.symbol) && `${field}.like: must say whose prices ${event.symbol} takes`
        : !isKnown(event.like) && unknown(`${field}.like`, event.like);
    brought.add(event.symbol);
    return fault ? [fault] : [];
  };
  const faultsOf = (event: MarketEvent, field: string): readonly string[] => {
    switch (event.kind) {
      case 'rename':
        if (isKnown(event.to)) return [`${field}.to: there is a market ${event.to} already`];
        if (!event.to.endsWith('USDT')) return [`${field}.to: must end with USDT`];
        return isKnown(event.symbol) ? [] : [unknown(`${field}.symbol`, event.symbol)];
      case 'set':
      case 'shock':
      case 'liquidity':
      case 'delist':
        return event.symbol === '*' || isKnown(event.symbol) ? [] : [unknown(`${field}.symbol`, event.symbol)];
      default:
        return [];
    }
  };

  const named = events.map((event, n) => ({ at: resolveTime(event.at, origin), event, field: `market[${n}]` }));
  const ofListings = named.flatMap(({ event, field }) => faultsOfListing(event, field));
  const coming = scripted.filter(({ done }) => !done).map(({ at, event }) => ({ at, event, field: null }));
  const ofOthers = [...coming, ...named]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ event, field }) => {
      const faults = field === null ? [] : faultsOf(event, field);
      if (event.kind === 'rename') brought.add(event.to);
      return faults;
    });
  return [...ofListings, ...ofOthers];
}

const SIDES: Readonly<Record<string, Listing['tradeSideType']>> = { all: 1, buy: 2, sell: 3, none: 4 };

/** A listing to come is known at once, so that the market is hidden until its day. */
export function prepareListing({ at, event }: ScriptedEvent, { markets }: Quotes): void {
  if (event.kind !== 'list') return;
  const like = markets.known(event.like ?? event.symbol)!;
  const base = event.symbol.replace(/USDT$/, '');
  const own = event.like === undefined ? {} : { symbol: event.symbol, base, fullName: base };
  markets.add({ ...like.listing, ...own, listedAt: at }, like.series);
}

/** The part of an event that changes the market itself; orders and balances are the engine's. */
export function applyToMarkets({ at, event }: ScriptedEvent, quotes: Quotes): void {
  const { markets } = quotes;
  const each = (symbol: string, change: (symbol: string) => void): void => {
    if (symbol !== '*') change(symbol);
    else for (const { listing } of [...markets.listed(at)]) change(listing.symbol);
  };
  switch (event.kind) {
    case 'set': {
      const { status, apiTrading, sides, riskFlag } = event;
      const change: Partial<Listing> = {
        ...(status !== undefined && { status }),
        ...(apiTrading !== undefined && { apiTradable: apiTrading }),
        ...(sides !== undefined && { tradeSideType: SIDES[sides]! }),
        ...(riskFlag !== undefined && { riskFlagged: riskFlag }),
      };
      each(event.symbol, (symbol) => markets.edit(symbol, change));
      break;
    }
    case 'delist':
      if (event.as === 'status-3') markets.edit(event.symbol, { status: '3' });
      else markets.remove(event.symbol, event.as === 'removed-10007' ? 'no-api' : 'unknown');
      break;
    case 'rename': {
      const { listing, series } = markets.known(event.symbol)!;
      const base = event.to.replace(/USDT$/, '');
      markets.add({ ...listing, symbol: event.to, base, listedAt: series.firstOpen }, series);
      markets.remove(event.symbol, 'unknown');
      break;
    }
    case 'status-words':
      markets.setOnlineWord(event.online);
      break;
    case 'shock': {
      const { factor, overSeconds, holdSeconds, recoverOverSeconds } = event;
      const steps = stepsOfShock({
        at,
        factor,
        overMs: overSeconds * 1_000,
        holdMs: holdSeconds === undefined ? null : holdSeconds * 1_000,
        recoverOverMs: recoverOverSeconds * 1_000,
      });
      each(event.symbol, (symbol) => markets.addSteps(symbol, steps));
      break;
    }
    case 'liquidity':
      each(event.symbol, (symbol) => quotes.thin(symbol, event.share, at + event.forSeconds * 1_000));
      break;
  }
}
