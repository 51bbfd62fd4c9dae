/** One text of a built file, replaced. */
export interface Patch {
  /** in the checkout */
  readonly file: string;
  /** must be there exactly once */
  readonly find: string;
  readonly replace: string;
}

/** One safeguard of the suite, taken away. */
export interface Mutation {
  readonly name: string;
  /** what the suite does without it */
  readonly what: string;
  readonly patches: readonly Patch[];
}

const EXECUTOR = 'packages/execution/dist/executor.js';
const BOOKS = 'packages/execution/dist/books.js';
const SELLER = 'packages/execution/dist/seller.js';
const RECONCILE = 'packages/execution/dist/reconcile.js';
const JOURNAL = 'packages/store/migrations/0001_trading.sql';

/** Texts are those of the build: where one is not found, the code has changed, and the mutation must follow it. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'journal-after-sending',
    what: 'the intent is committed only when the order was answered',
    patches: [
      { file: EXECUTOR, find: 'store.orders.intend(row);', replace: '' },
      {
        file: EXECUTOR,
        find: "if (outcome.outcome === 'rejected') {",
        replace: "store.orders.intend(intent.row); if (outcome.outcome === 'rejected') {",
      },
    ],
  },
  {
    name: 'resend-unknown',
    what: 'an order without an answer is sent once more',
    patches: [
      {
        file: EXECUTOR,
        find: 'const outcome = await tradingOf(approved.mode).placeOrder(approved, clientOrderId);',
        replace:
          "let outcome = await tradingOf(approved.mode).placeOrder(approved, clientOrderId); if (outcome.outcome === 'unknown') outcome = await tradingOf(approved.mode).placeOrder(approved, clientOrderId);",
      },
    ],
  },
  {
    name: 'unknown-is-failure',
    what: 'an order without an answer counts as refused',
    patches: [
      { file: EXECUTOR, find: "advance(clientOrderId, 'unknown', {", replace: "advance(clientOrderId, 'rejected', {" },
    ],
  },
  {
    name: 'first-miss-is-absent',
    what: 'one "not found" ends an order',
    patches: [
      {
        file: EXECUTOR,
        find: 'if (count < MISSES_TO_BE_ABSENT || waited < deps.absentAfterMs)',
        replace: "if (order.state !== 'accepted') return advance(order.clientOrderId, 'absent', {}); if (false)",
      },
    ],
  },
  {
    name: 'no-settling',
    what: 'orders without an answer are never looked up',
    patches: [
      { file: EXECUTOR, find: 'for (const order of store.orders.unsettled()) {', replace: 'for (const order of []) {' },
    ],
  },
  {
    name: 'failed-query-is-empty',
    what: 'an account that cannot be read counts as empty',
    patches: [{ file: RECONCILE, find: 'return NOTHING;\n        }\n', replace: 'balances = new Map();\n        }\n' }],
  },
  {
    name: 'first-shortage-believed',
    what: 'coins missing in one reading are taken for gone',
    patches: [{ file: RECONCILE, find: 'else if (confirmed(position.id)) {', replace: 'else if (true) {' }],
  },
  {
    name: 'fills-not-deduplicated',
    what: 'a report that is read again is booked again',
    patches: [
      { file: BOOKS, find: "if (order.state === 'filled' || order.state === 'canceled')", replace: 'if (false)' },
      {
        file: BOOKS,
        find: "if (order.state !== 'accepted') {",
        replace: "if (order.state === 'intended' || order.state === 'unknown') {",
      },
      {
        file: BOOKS,
        find: '.filter((fill) => store.orders.addFill(fill))',
        replace: '.filter((fill) => { try { store.orders.addFill(fill); } catch {} return true; })',
      },
    ],
  },
  {
    name: 'missing-trades-ignored',
    what: 'an order is over though not all its trades are known yet',
    patches: [
      {
        file: BOOKS,
        find: "report.state !== 'open' && order.filled.gte(report.filled)",
        replace: "report.state !== 'open'",
      },
    ],
  },
  {
    name: 'partial-fill-ignored',
    what: 'what a cancelled order filled before is not booked',
    patches: [
      {
        file: EXECUTOR,
        find: 'const wantsTrades = report.filled.gt(order.filled);',
        replace: "const wantsTrades = report.state === 'filled';",
      },
      {
        file: BOOKS,
        find: "report.state !== 'open' && order.filled.gte(report.filled)",
        replace: "report.state !== 'open'",
      },
    ],
  },
  {
    name: 'fees-dropped',
    what: 'fees are not booked',
    patches: [{ file: BOOKS, find: 'fee: trade.fee,', replace: 'fee: trade.fee.minus(trade.fee),' }],
  },
  {
    name: 'books-without-transaction',
    what: 'trades, order and position are committed one by one',
    patches: [{ file: BOOKS, find: 'return store.write(() => {', replace: 'return ((change) => change())(() => {' }],
  },
  {
    name: 'oversell',
    what: 'an exit sells all that was ever bought',
    patches: [
      {
        file: 'packages/core/dist/exit-order.js',
        find: 'Decimal.min(quantity.value, largest)',
        replace: 'floorToStep(position.bought, market.stepSize)',
      },
    ],
  },
  {
    name: 'remainder-forgotten',
    what: 'after a partial fill the whole leg is sold once more',
    patches: [
      {
        file: 'packages/core/dist/book-exit.js',
        find: '{ ...pending, quantity: pending.quantity.minus(sold) }',
        replace: 'pending',
      },
    ],
  },
  {
    name: 'two-sales-at-once',
    what: 'an exit is sent while another of the position has no answer',
    patches: [
      { file: SELLER, find: 'if (orders.some((order) => !isFinal(order.state)))', replace: 'if (false)' },
      {
        file: JOURNAL,
        find: 'CREATE UNIQUE INDEX trade_order_unsettled ON',
        replace: 'CREATE INDEX trade_order_unsettled ON',
      },
    ],
  },
  {
    name: 'unsettled-buys-free-slots',
    what: 'a buy without an answer occupies no slot',
    patches: [
      {
        file: 'packages/execution/dist/exposure.js',
        find: '[...positions, ...unsettledBuys]',
        replace: '[...positions]',
      },
    ],
  },
  {
    name: 'buy-before-reconciliation',
    what: 'a new scanner buys at once',
    patches: [
      {
        file: 'apps/scanner/dist/reconciled.js',
        find: 'return (await reconcile(mode)).passed;',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'stop-may-fall',
    what: 'a stop follows volatility both ways',
    patches: [
      {
        file: 'packages/core/dist/stop.js',
        find: 'if (noisyDistance(position.stopLoss, atrFraction, config) >= position.stopDistance)',
        replace: 'if (false)',
      },
      {
        file: 'packages/core/dist/stop.js',
        find: 'if (distance >= position.stopDistance)',
        replace: 'if (distance === position.stopDistance)',
      },
      { file: 'packages/core/dist/stop.js', find: 'Decimal.max(position.hardStop, recomputed)', replace: 'recomputed' },
    ],
  },
  {
    name: 'every-price-believed',
    what: 'an absurd price is sold on',
    patches: [{ file: 'apps/tracker/dist/prices.js', find: 'moved(before.bid, bid).gt(limit)', replace: 'false' }],
  },
  {
    name: 'old-prices-trusted',
    what: 'a pushed price counts however old it is',
    patches: [
      {
        file: 'apps/tracker/dist/track.js',
        find: 'stream.ageMs(market) <= deps.staleAfterMs',
        replace: 'true',
      },
    ],
  },
  {
    name: 'retry-after-ignored',
    what: 'requests go on though the exchange said to wait',
    patches: [{ file: 'packages/exchange/dist/mexc-client.js', find: 'budget.penalise(penalty)', replace: '0' }],
  },
  {
    name: 'pause-ignored',
    what: 'buys go on while paused',
    patches: [{ file: 'packages/core/dist/protection.js', find: '!exposure.paused)', replace: 'true)' }],
  },
  {
    name: 'refused-orders-say-nothing',
    what: 'orders that are refused for their key stop no buys',
    patches: [
      {
        file: 'packages/execution/dist/key-watch.js',
        find: "if (outcome.outcome === 'rejected' && outcome.code === 'key') {",
        replace: 'if (false) {',
      },
    ],
  },
  {
    name: 'refused-key-not-told',
    what: 'a refused key stops buys, and nobody is told',
    patches: [
      {
        file: 'packages/execution/dist/key-watch.js',
        find: "store.alerts.add({ ...at, rank, kind: 'api_key', detail: { words } });",
        replace: '',
      },
    ],
  },
  {
    name: 'test-orders-sent-live',
    what: 'orders of test mode go to the exchange',
    patches: [
      {
        file: 'packages/execution/dist/accounts.js',
        find: 'const byMode = { test: paper, live };',
        replace: 'const byMode = { test: live, live };',
      },
      { file: 'packages/exchange/dist/mexc-trading.js', find: "if (order.mode !== 'live')", replace: 'if (false)' },
    ],
  },
  {
    name: 'decision-not-kept',
    what: 'an exit is sent before its decision is committed, and a crash forgets it',
    patches: [
      {
        file: 'apps/tracker/dist/guard.js',
        find: 'if (changed !== position)',
        replace: 'if (changed !== position && changed.pendingExit === null)',
      },
    ],
  },
  {
    name: 'rise-not-written',
    what: 'a peak that rose is known to the process alone, and a crash forgets it',
    patches: [{ file: 'apps/tracker/dist/rises.js', find: 'kept.set(id, { peak, trailingStop });', replace: '' }],
  },
];
