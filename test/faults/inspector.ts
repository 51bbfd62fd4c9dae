import { type Decimal, effectiveStop, type OpenPosition, type Position, type TradeOrder } from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';
import type { Store } from '@mexc-bot/store';
import { type Answer, codeOf, type InProcessExchange } from './exchange.ts';
import type { Life } from './life.ts';
import { createPositionWatch } from './position-watch.ts';
import { momentOf, type Scenario } from './scenario.ts';
import { createStreamWatch } from './stream-watch.ts';
import type { Verdicts } from './verdicts.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { SentRequest, Watch } from './world.ts';

export interface Inspector extends Watch {
  /** Looks at what should have happened by now. Called every half second. */
  look(): void;
  /** The faults are over. */
  calmed(): void;
}

export interface InspectorDeps {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly exchange: InProcessExchange;
  /** ms UTC until which the suite holds its requests back, as it reckons itself */
  readonly heldBackUntil: () => number;
  /** a view of its own on the database: it sees what is committed, nothing else */
  readonly books: Store;
  readonly verdicts: Verdicts;
}

const ORDER = 'POST /api/v3/order';
const LOOKUP = 'GET /api/v3/order';
const ACCOUNT = 'GET /api/v3/account';
const QUOTES = 'GET /api/v3/ticker/bookTicker';
const BOOK = 'GET /api/v3/depth';
/** Answers that say the order itself was wrong: precision, quantity, amount. */
const ILLEGAL = new Set([400, 30002, 30003, 30032, 88013, -1128]);
const OVERSOLD = new Set([30004, 30005]);
/** As old as a price may be that a decision is made on, with what requests take. */
const KNOWN_MS = 12_000;
/** A price between two shocks may have lasted no longer. */
const LOOK_BACK_MS = 20;
/** An exit, or what it waits for, may leave so often though the exchange said to wait; a hair less, as waits are rounded. */
const TRICKLE_MS = 990;
/** Whether a part can be sold alone was judged at the price of the order before. */
const ROUGHLY = 1.1;
const KEY_CODES = new Set([10072, 700006, 700007]);

/** The exchange refused something for its key's sake, and who was told so. */
interface Refusal {
  readonly at: number;
  readonly life: Life;
}

interface Told {
  settings: Settings;
  unsettledAtStart: readonly string[];
  /** since this process started, an account was read */
  accountRead: boolean;
}

/** Watches a run from outside and judges what is done against the invariants. */
export function createInspector({
  scenario,
  time,
  exchange,
  books,
  verdicts,
  heldBackUntil,
}: InspectorDeps): Inspector {
  const { tried, broken } = verdicts;
  const { ledger } = exchange.engine;
  const told = new Map<Life, Told>();
  const stops = new Map<string, Decimal>();
  const clockRefusals = new Map<string, number>();
  const decided = new Map<string, number>();
  /** when something last left though the exchange had said to wait */
  let leftBlockedAt = Number.NEGATIVE_INFINITY;
  /** true bids when a question for quotes or for a book reached the exchange */
  const quoted = new WeakMap<SentRequest, ReadonlyMap<string, Decimal>>();
  let blocked: { readonly until: number; readonly banned: boolean } = { until: 0, banned: false };
  /** the last order that was refused for its key, by an account that could be read all the while */
  let keyRefusal: Refusal | null = null;
  let accountRefusal: Refusal | null = null;
  const positionWatch = createPositionWatch({
    scenario,
    time,
    exchange,
    books,
    verdicts,
    heldBackUntil,
    isBanned: () => blocked.banned && time.now() < blocked.until,
  });
  const isHeldBack = (): boolean => time.now() < Math.max(heldBackUntil(), blocked.until);
  const streamWatch = createStreamWatch({ scenario, time, verdicts, holds: positionWatch.holds, isHeldBack });
  const ownerSells = scenario.owner.some(({ kind }) => kind === 'sell');

  const rulesOf = (market: string) => books.markets.get(market)?.rules;
  /** Whether a price was ever near in the last seconds. */
  const plausible = (symbol: string, price: Decimal): boolean => {
    const market = exchange.quotes.known(symbol);
    if (!market) return true;
    for (let ago = 0; ago <= KNOWN_MS; ago += LOOK_BACK_MS) {
      const ratio = price.toNumber() / exchange.quotes.last(market, time.now() - ago);
      if (ratio > 0.9 && ratio < 1.11) return true;
    }
    return false;
  };

  function onBuy(life: Life, order: TradeOrder): void {
    const { settings, unsettledAtStart, accountRead } = told.get(life)!;
    tried('I8');
    const comparedAt = books.state.reconciledAt(order.mode);
    const settled = unsettledAtStart.every((id) => {
      const state = books.orders.get(id)?.state;
      return state !== 'intended' && state !== 'unknown' && state !== 'accepted';
    });
    if (comparedAt === null) broken('I8', `${life.process} bought ${order.market} before any reconciliation`);
    else if (!settled)
      broken('I8', `${life.process} bought ${order.market} with an order of before its start unsettled`);
    else if (order.mode === 'live' && !accountRead)
      broken('I8', `${life.process} bought ${order.market} before the account was read`);

    tried('I3');
    tried('I19');
    const positions = books.positions.open(order.mode);
    const unsettled = books.orders.unsettled().filter((row) => row.mode === order.mode && row.side === 'buy');
    if (unsettled.some(({ market }) => market === order.market))
      broken('I3', `second entry in ${order.market} while one has no answer`);
    if (positions.some(({ market }) => market === order.market)) broken('I3', `second position in ${order.market}`);
    const occupied = new Set([...positions, ...unsettled].map(({ market }) => market)).size;
    if (occupied >= settings.protections.maxOpenPositions)
      broken('I19', `${occupied + 1} slots of ${settings.protections.maxOpenPositions} taken`);
    const notional = order.price.mul(order.quantity);
    if (notional.gt(settings.stake[order.mode].max)) broken('I19', `stake ${notional} above the limit`);
    if (books.state.paused()) broken('I20', `bought ${order.market} while paused`);
    const stopped = order.mode === 'live' ? books.state.entriesStopped('live') : null;
    if (stopped !== null) broken('I22', `bought ${order.market} while the books say ${stopped}`);
    if (order.mode === 'live' && [keyRefusal, accountRefusal].some(boughtInSpiteOf))
      broken('I22', `bought ${order.market} though the key was refused`);
    tried('I14');
    if (!plausible(order.market, order.price))
      broken('I14', `buy of ${order.market} at ${order.price}, far from its price`);
  }

  /** Not where its process ended, perhaps before it could write that down, nor where the owner said to try again. */
  function boughtInSpiteOf(refusal: Refusal | null): boolean {
    if (refusal === null) return false;
    const { at, life } = refusal;
    const resumed = scenario.owner.some(({ kind, at: when }) => kind === 'resume' && momentOf(when) >= at);
    return life.alive() && !resumed && time.now() - at > 1_000;
  }

  function onKeyAnswer({ target, life }: SentRequest, refused: boolean, granted: boolean): void {
    if (target === ORDER) {
      if (granted) keyRefusal = null;
      else if (refused) keyRefusal ??= { at: time.now(), life };
    }
    if (target !== ACCOUNT) return;
    if (granted && accountRefusal !== null) keyRefusal = null;
    if (granted) accountRefusal = null;
    else if (refused) accountRefusal ??= { at: time.now(), life };
  }

  function onSell(order: TradeOrder): void {
    const position = books.positions.get(order.positionId);
    const rules = rulesOf(order.market);
    positionWatch.exitSent(order.positionId);
    if (position === undefined || rules === undefined) return;
    tried('I13');
    if (order.quantity.gt(position.quantity))
      broken('I13', `sells ${order.quantity} of ${position.quantity} ${order.market}`);
    tried('I12');
    const notional = order.quantity.mul(order.price);
    const rest = position.quantity.minus(order.quantity);
    if (order.quantity.lt(rules.minQuantity) || notional.lt(rules.minNotional))
      broken('I12', `sale of ${order.quantity} ${order.market} for ${notional} is under the minimum`);
    if (rest.gte(rules.stepSize) && rest.mul(order.price).lt(rules.minNotional) && !isResized(order))
      broken('I12', `sale of ${order.quantity} ${order.market} strands ${rest}`);
    judgeRemainder(order, position.quantity);
  }

  /** The exchange said that less is free than the books have, and how much was asked: what is left may be nobody's any more. */
  const isResized = (order: TradeOrder): boolean =>
    books.orders
      .ofPosition(order.positionId)
      .some(
        ({ side, state, trigger, detail }) =>
          side === 'sell' &&
          state === 'rejected' &&
          trigger?.at === order.trigger?.at &&
          detail?.startsWith('insufficient_funds') === true,
      );

  /** Of what one decision sells, each order takes what those before it left; or all there is, where the rest could not be sold alone. */
  function judgeRemainder(order: TradeOrder, held: Decimal): void {
    const before = books.orders
      .ofPosition(order.positionId)
      .filter(({ side, trigger }) => side === 'sell' && trigger?.at === order.trigger?.at);
    const first = before[0];
    if (first === undefined || !before.some(({ filled, quantity }) => filled.gt(0) && filled.lt(quantity))) return;
    tried('I18');
    const left = before.reduce((rest, { filled }) => rest.minus(filled), first.quantity);
    const unsellable = (quantity: Decimal): boolean =>
      quantity.mul(order.price).lt(rulesOf(order.market)!.minNotional.mul(ROUGHLY));
    const mayTakeAll = held.lte(left) || unsellable(left) || unsellable(held.minus(left));
    if (isResized(order) && order.quantity.lt(left)) return;
    if (!order.quantity.eq(left) && !(mayTakeAll && order.quantity.eq(held)))
      broken('I18', `${order.market}: ${left} were left of the sale of ${first.quantity}, ${order.quantity} are sold`);
  }

  function onSave(position: Position): void {
    const stop = effectiveStop({ ...position, state: 'open' } as OpenPosition);
    const before = stops.get(position.id);
    if (before !== undefined) {
      tried('I11');
      if (stop.lt(before)) broken('I11', `the stop of ${position.market} fell from ${before} to ${stop}`);
    }
    stops.set(position.id, stop);
    if (position.state !== 'open' || position.pendingExit === null) return;
    if (decided.get(position.id) === position.pendingExit.decidedAt) return;
    decided.set(position.id, position.pendingExit.decidedAt);
    tried('I14');
    if (!plausible(position.market, position.pendingExit.triggerPrice))
      broken('I14', `exit of ${position.market} decided on ${position.pendingExit.triggerPrice}, far from its price`);
  }

  function onOrderArrived({ parameters }: SentRequest): void {
    const id = parameters.get('newClientOrderId') ?? '';
    const symbol = parameters.get('symbol') ?? '';
    const row = books.orders.get(id);
    tried('I1');
    if (row === undefined) broken('I1', `an order for ${symbol} arrived that the journal does not have`);
    else if (
      row.market !== symbol ||
      row.side.toUpperCase() !== parameters.get('side') ||
      !row.quantity.eq(parameters.get('quantity') ?? 0) ||
      (parameters.has('price') && !row.price.eq(parameters.get('price')!))
    )
      broken('I1', `the order ${id} that arrived differs from its intent`);
    tried('I2');
    if (ledger.byClientOrderId(exchange.account.id, id))
      broken('I2', `${id} was sent again though the exchange had it`);
    const side = parameters.get('side');
    const live = ledger.open(exchange.account.id).find((order) => order.symbol === symbol && order.side === side);
    if (live && live.clientOrderId !== null)
      broken('I2', `${id} was sent while ${live.clientOrderId} was live in ${symbol}`);
  }

  return {
    store(life, repository, method, args) {
      if (repository === 'orders' && method === 'intend') {
        const order = args[0] as TradeOrder;
        if (order.reason === 'resync') return;
        if (order.side === 'buy') onBuy(life, order);
        else onSell(order);
        if (order.mode === 'test') tried('I23');
      } else if (repository === 'positions' && method === 'save') {
        positionWatch.saved(args[0] as Position);
        onSave(args[0] as Position);
      } else if (repository === 'positions' && method === 'get') {
        if (life.process === 'tracker') positionWatch.judged(args[0] as string);
      } else if (repository === 'alerts' && method === 'addNews') {
        const { kind, mode, market } = args[0] as { kind: string; mode: string | null; market?: string };
        if (kind === 'coins_gone' && !ownerSells) broken('I5', `${mode} coins of ${market} were taken for gone`);
      }
    },

    sent(request) {
      const { target, parameters, signed, life } = request;
      if (target === BOOK) positionWatch.bookAsked(life, parameters.get('symbol') ?? '');
      if (target === QUOTES) streamWatch.asked(life);
      if (scenario.mode === 'test' && signed && !target.startsWith('GET')) broken('I23', `${target} left in test mode`);
      if (time.now() < blocked.until && scenario.clockSteps.length === 0) {
        tried('I17');
        const isExit =
          (target === ORDER && parameters.get('side') === 'SELL') ||
          (target === BOOK && positionWatch.doubts(life, parameters.get('symbol') ?? ''));
        const tooSoon = time.now() - leftBlockedAt < TRICKLE_MS;
        leftBlockedAt = time.now();
        if (blocked.banned || !isExit || tooSoon)
          broken(
            'I17',
            `${target} left ${Math.round(blocked.until - time.now())} ms before the exchange takes requests again`,
          );
      }
      if (target === ORDER && (clockRefusals.get(parameters.get('newClientOrderId')!) ?? 0) >= 2)
        broken('I16', `${parameters.get('newClientOrderId')} was sent a third time with a wrong clock`);
    },

    arrived(request) {
      if (request.target === ORDER) onOrderArrived(request);
      else if (request.target === QUOTES || request.target === BOOK) quoted.set(request, positionWatch.trueBids());
    },

    answered(request, answer) {
      const { target, parameters, life } = request;
      onPenalty(answer);
      if (target === BOOK) {
        const isTrue = answer.kind === 'answered' && answer.status === 200 && answer.fault === null;
        const symbol = parameters.get('symbol') ?? '';
        positionWatch.bookAnswered(life, symbol, (isTrue && quoted.get(request)?.get(symbol)) || null);
      }
      if (answer.kind !== 'answered') {
        if (target === ACCOUNT && books.positions.open('live').length > 0) tried('I5');
        return;
      }
      const code = codeOf(answer);
      if (target === ACCOUNT) {
        if (answer.status === 200 && code === null) {
          for (const [each, facts] of told) if (request.sentAt >= each.startedAt) facts.accountRead = true;
        } else if (books.positions.open('live').length > 0) tried('I5');
      }
      if (target === LOOKUP && code === -2013) {
        const known = ledger.byClientOrderId(exchange.account.id, parameters.get('origClientOrderId') ?? '');
        if (known) tried('I4');
      }
      if (code === 700003) {
        tried('I16');
        const id = parameters.get('newClientOrderId');
        if (id !== undefined) clockRefusals.set(id, (clockRefusals.get(id) ?? 0) + 1);
      }
      onKeyAnswer(request, code !== null && KEY_CODES.has(code), answer.status === 200 && code === null);
      if (code !== null && KEY_CODES.has(code) && (target === ACCOUNT || target === ORDER)) tried('I22');
      if (target === ORDER && code !== null) {
        if (answer.fault === null && ILLEGAL.has(code) && !fellOnTheWay(parameters))
          broken('I13', `${parameters.get('symbol')}: ${answer.body}`);
        if (answer.fault === null && OVERSOLD.has(code) && parameters.get('side') === 'SELL' && !ownerSells)
          broken('I13', `oversold ${parameters.get('quantity')} ${parameters.get('symbol')}: ${answer.body}`);
      }
      if (target === QUOTES && answer.status === 200) positionWatch.toldQuotes(life, answer.body);
      if (target === QUOTES && answer.status === 200 && answer.fault === null) {
        for (const [symbol, bid] of quoted.get(request) ?? []) positionWatch.truePrice(life, symbol, bid);
      }
    },

    pushed(life, { market, bid }) {
      positionWatch.toldBid(life, market, bid);
      positionWatch.truePrice(life, market, bid);
      streamWatch.pushed(life);
    },

    started(life, settings) {
      const unsettledAtStart = books.orders.unsettled().map(({ clientOrderId }) => clientOrderId);
      told.set(life, { settings, unsettledAtStart, accountRead: false });
      positionWatch.started(life);
      streamWatch.started(life);
    },
    crashed: () => positionWatch.crashed(),

    look() {
      positionWatch.look();
      streamWatch.look();
      judgePages();
      if (books.state.paused()) tried('I20');
    },
    calmed: () => positionWatch.calmed(),
  };

  /** A sale at market that was large enough at the worst price it reckoned with, until the price fell through that, too. */
  function fellOnTheWay(parameters: SentRequest['parameters']): boolean {
    const row = books.orders.get(parameters.get('newClientOrderId') ?? '');
    const bid = exchange.bestOf(parameters.get('symbol') ?? '')?.bid;
    return row?.side === 'sell' && row.type === 'market' && bid?.lt(row.price) === true;
  }

  /** Whoever was told that the key is refused, and lived on, has told the owner. */
  function judgePages(): void {
    for (const refusal of [keyRefusal, accountRefusal]) {
      if (refusal === null) continue;
      const { at, life } = refusal;
      if (!life.alive() || time.now() - at < 15_000) continue;
      tried('I22');
      if (!books.alerts.recent(500).some(({ kind }) => kind === 'api_key'))
        broken('I22', 'the key is refused and nobody was told');
    }
  }

  function onPenalty(answer: Answer): void {
    if (answer.kind !== 'answered' || (answer.status !== 429 && answer.status !== 418)) return;
    const seconds = Number(answer.headers['retry-after']);
    if (!(seconds > 0)) return;
    tried('I17');
    const until = time.now() + seconds * 1_000;
    const banned = answer.status === 418 || (blocked.banned && time.now() < blocked.until);
    blocked = { until: Math.max(blocked.until, until), banned };
  }
}
