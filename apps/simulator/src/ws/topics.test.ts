import { describe, expect, it } from 'vitest';
import { parseTopic } from './topics.ts';

describe('parseTopic', () => {
  it.each([
    ['spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT', { kind: 'deals', everyMs: 100 }],
    ['spot@public.aggre.deals.v3.api.pb@10ms@BTCUSDT', { kind: 'deals', everyMs: 10 }],
    [
      'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT',
      { kind: 'depth', eventType: 'spot@public.aggre.depth.v3.api.pb@100ms' },
    ],
    ['spot@public.aggre.bookTicker.v3.api.pb@10ms@BTCUSDT', { kind: 'bookTicker' }],
    ['spot@public.bookTicker.batch.v3.api.pb@BTCUSDT', { kind: 'bookTickerBatch' }],
    ['spot@public.limit.depth.v3.api.pb@BTCUSDT@10', { kind: 'limitDepth', levels: 10 }],
    ['spot@public.kline.v3.api.pb@BTCUSDT@Hour8', { kind: 'kline', interval: 'Hour8' }],
    ['spot@public.miniTicker.v3.api.pb@BTCUSDT@UTC+8', { kind: 'miniTicker', zoneHours: 8 }],
  ])('%s', (channel, expected) => {
    expect(parseTopic(channel)).toMatchObject({ channel, symbol: 'BTCUSDT', ...expected });
  });

  it('knows the mini tickers of all markets', () => {
    expect(parseTopic('spot@public.miniTickers.v3.api.pb@24H')).toMatchObject({ symbol: null, zoneHours: null });
  });

  it.each([
    '',
    'spot',
    'spot@public.aggre.deals.v3.api.pb@100ms',
    'spot@public.aggre.deals.v3.api.pb@100ms@',
    'spot@public.aggre.deals.v3.api.pb@1ms@BTCUSDT',
    'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT@x',
    'spot@public.aggre.deals.v3.api@BTCUSDT',
    'spot@public.limit.depth.v3.api.pb@BTCUSDT@7',
    'spot@public.kline.v3.api.pb@BTCUSDT@1m',
    'spot@public.kline.v3.api.pb@BTCUSDT@constructor',
    'spot@public.miniTicker.v3.api@BTCUSDT@UTC+8',
    'spot@public.miniTicker.v3.api.pb@BTCUSDT',
    'spot@private.orders.v3.api.pb',
    'contract@public.kline.v3.api.pb@BTCUSDT@Min1',
  ])('knows no public topic %s', (channel) => {
    expect(parseTopic(channel)).toBeNull();
  });

  it.each([
    ['Hour8', Date.UTC(2026, 0, 15, 8)],
    ['Week1', Date.UTC(2026, 0, 12)],
    ['Month1', Date.UTC(2026, 0, 1)],
  ])('%s candles open on their grid', (interval, open) => {
    const topic = parseTopic(`spot@public.kline.v3.api.pb@BTCUSDT@${interval}`);
    expect(topic?.kind === 'kline' && topic.grid.at(Date.UTC(2026, 0, 15, 13, 5))).toBe(open);
  });
});
