import type { Mutation } from '../mutations.ts';

/** Something that grows for ever, and what of it a soak must see. */
export interface Leak extends Mutation {
  /** of a growth */
  readonly seenBy: string;
}

/** Texts are those of the build: where one is not found, the code has changed, and the leak must follow it. */
export const LEAKS: readonly Leak[] = [
  {
    name: 'prices-kept',
    what: 'every price is kept in memory',
    seenBy: 'objects',
    patches: [
      {
        file: 'apps/tracker/dist/guard.js',
        find: 'async onBid(market, bid) {',
        replace: 'async onBid(market, bid) { (globalThis.kept ??= []).push({ market, bid });',
      },
    ],
  },
  {
    name: 'listener-per-connection',
    what: 'each connection of the price stream adds a listener',
    seenBy: 'entries of maps and sets',
    patches: [
      {
        file: 'packages/exchange/dist/stream/price-stream.js',
        find: 'const source = ++opened;',
        replace: 'const source = ++opened; ticks.add(() => undefined);',
      },
    ],
  },
  {
    name: 'timer-per-question',
    what: 'each question for the time leaves a time-out behind',
    seenBy: 'timers',
    patches: [
      {
        file: 'packages/runtime/dist/clock/exchange-clock.js',
        find: 'const sent = local.monotonicNow();',
        replace: 'const sent = local.monotonicNow(); void local.sleepWall(1e11);',
      },
    ],
  },
  {
    name: 'inputs-kept',
    what: 'what scans were decided on is never deleted',
    seenBy: 'scan_input',
    patches: [
      {
        file: 'apps/scanner/dist/housekeeping.js',
        find: 'store.scans.pruneInputs(',
        replace: '((..._) => undefined)(',
      },
    ],
  },
  {
    name: 'news-kept',
    what: 'activity is never deleted',
    seenBy: 'activity',
    patches: [{ file: 'apps/scanner/dist/housekeeping.js', find: 'store.activity.prune(oldNews);', replace: '' }],
  },
  {
    name: 'refusals-kept',
    what: 'every refusal of a market that is shut stays in the journal',
    seenBy: 'trade_order',
    patches: [
      {
        file: 'packages/execution/dist/seller.js',
        find: 'store.orders.thinRefusals(positionId, reason);',
        replace: '{}',
      },
    ],
  },
  {
    name: 'log-never-emptied',
    what: 'the write-ahead log is never put back into the database',
    seenBy: 'write-ahead log',
    patches: [
      {
        file: 'packages/store/dist/open.js',
        find: "db.pragma('foreign_keys = ON');",
        replace: "db.pragma('foreign_keys = ON'); db.pragma('wal_autocheckpoint = 0');",
      },
    ],
  },
];
