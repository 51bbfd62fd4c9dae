import { DAY_MS, HOUR_MS } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacktestResult, BacktestTrade } from '../result.ts';
import { statisticsOf } from '../statistics/statistics.ts';
import { aRecord, aTrade, MIDNIGHT } from '../support/records.ts';
import { backtestPage } from './backtest-page.ts';
import { html } from './html.ts';
import { reportPage } from './report-page.ts';

const OPTIONS = { replicates: 50, seed: 1 };
const pageOf = (record: Parameters<typeof statisticsOf>[0], charts?: number) =>
  reportPage({
    title: 'TEST report',
    record,
    statistics: statisticsOf(record, OPTIONS),
    ...(charts === undefined ? {} : { charts }),
    candles: (_, from) => ({
      candleMs: 300_000,
      candles: [1, 1.1, 1.05].map((close, index) => ({
        openTime: from + index * 300_000,
        open: 1,
        high: 1.2,
        low: 0.9,
        close,
      })),
    }),
  });
const textOf = (page: string) => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const count = (page: string, what: RegExp) => page.match(what)?.length ?? 0;

it('begins with what the figures allow to say, and what limits it', () => {
  const text = textOf(pageOf(aRecord([1, -2])));
  const verdict = text.indexOf(
    '2 trades brought −1.00 USDT after costs. That is too little evidence (2 token-days on 2 days)',
  );
  expect(verdict).toBeGreaterThan(0);
  expect(text.indexOf('Only 2 episodes')).toBeGreaterThan(verdict);
  expect(text.indexOf('Closed trades')).toBeGreaterThan(text.indexOf('Only 2 episodes'));
});

it('needs nothing but itself: no script, no address, and a policy that allows neither', () => {
  const page = pageOf(aRecord([1, -2]));
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\son\w+=/i);
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
});

it('shows every trade, with its candles, levels and fills', () => {
  const page = pageOf(aRecord([1, -2]));
  expect(count(page, /<summary>/g)).toBe(2);
  expect(textOf(page)).toMatch(/bought 10 at 1 for 10.00 USDT/);
  for (const level of ['entry 1', 'stop 0.975', 'TP1 1.03', 'peak 1.1']) expect(page).toContain(`>${level}</text>`);
  // equity, daily results, a chart for each of two trades
  expect(count(page, /viewBox="0 0 800 640"/g)).toBe(4);
});

it('draws the trades that moved the account most, and says so', () => {
  const page = pageOf(aRecord(Array.from({ length: 50 }, (_, index) => index - 20)), 3);
  expect(count(page, /viewBox="0 0 800 640"/g)).toBe(5);
  expect(textOf(page)).toContain('Charts are drawn of the 3 that moved the account most; the other 47');
  expect(count(page, /<details class="month">/g)).toBe(3);
});

it('is a page also where nothing was traded', () => {
  const page = pageOf(aRecord([]));
  expect(textOf(page)).toContain('Nothing was traded, so nothing was won or lost.');
  expect(page).not.toContain('NaN');
  expect(page).not.toContain('Infinity');
});

it('names no time where there was none yet', () => {
  const record = aRecord([], { span: { from: 0, until: 1 }, equity: [] });
  expect(pageOf(record)).not.toContain('1970');
});

it('never writes NaN, Infinity or undefined', () => {
  const trades = [
    aTrade({ slippage: null, spreadCost: null, decisionPrice: null, confidence: null, stopPrice: null, peak: null }),
  ];
  const page = pageOf(aRecord([], { trades, held: [], equity: [], endEquity: 101 }));
  expect(textOf(page)).not.toMatch(/NaN|Infinity|undefined|null/);
});

describe('whatever stands in a record is text', () => {
  const EVIL = `<img src=x onerror=alert(1)>"'&</style><script>`;
  it('in every field a stranger could fill', () => {
    const trade = aTrade({ market: EVIL, strategy: EVIL, regime: EVIL, exitReason: EVIL });
    const evil = { ...trade, exits: trade.exits.map((exit) => ({ ...exit, reason: EVIL })) };
    const record = aRecord([], { trades: [evil], warnings: [EVIL] });
    const page = reportPage({
      title: EVIL,
      record,
      statistics: statisticsOf(record, OPTIONS),
      tables: [{ title: EVIL, head: [EVIL], rows: [[EVIL]], note: EVIL }],
    });
    expect(page).not.toMatch(/<img|<script/i);
    expect(count(page, /<\/style>/g)).toBe(1);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
  it('in any template', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`<>"'&ab;#39lt`) }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;
        const inside = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(markup);
        const back = (part: string) =>
          part
            .replaceAll('&lt;', '<')
            .replaceAll('&gt;', '>')
            .replaceAll('&quot;', '"')
            .replaceAll('&#39;', "'")
            .replaceAll('&amp;', '&');
        expect(inside?.slice(1).map(back)).toEqual([text, text]);
      }),
    );
  });
});

it('a backtest says what it assumed, and where its tokens went', () => {
  const trade: BacktestTrade = {
    ...aTrade(),
    strategy: 'simple',
    regime: 'neutral',
    confidence: 0.8,
    decidedAt: MIDNIGHT,
    decisionPrice: 1,
    slippage: 0.02,
    spreadCost: 0.01,
    stopPrice: 0.97,
    peak: 1.1,
    filledShare: 1,
    exitReason: 'delisted',
    exits: [{ at: MIDNIGHT + HOUR_MS, reason: 'delisted', price: 1.1, quantity: 10, fee: 0.005, triggerPrice: 1.11 }],
  };
  const result: BacktestResult = {
    ...aRecord([]),
    equity: [],
    mode: 'test',
    timeframe: '5m',
    detail: '1m',
    buysOnly: null,
    span: { from: MIDNIGHT, until: MIDNIGHT + DAY_MS },
    candles: 1_234_567,
    markets: [{ market: 'PEPEUSDT', candles: 9, from: 0, until: 1, missing: 3, rejected: 'too_young' }],
    costs: {
      takerFeeRate: 0.0005,
      minSpread: 0.001,
      spreadPerAtr: 0.1,
      volumeShare: 0.05,
      depthReach: 0.01,
      delistingLoss: 0.5,
    },
    takerFeeRates: { least: 0, most: 0.0005 },
    trades: [trade],
    funnel: { scans: 288, looked: 900, hype: 30, candidates: 7, approved: 2, filled: 1, rejected: { max_open: 5 } },
    decisions: null,
  };
  const text = textOf(backtestPage(result, statisticsOf(result, OPTIONS)));
  for (const part of [
    'max open 5',
    '5m, resolved by 1m',
    '0.000 % to 0.050 %',
    'sold 50 % under',
    'markets: too young 1',
    'delisted',
  ])
    expect(text).toContain(part);
});
