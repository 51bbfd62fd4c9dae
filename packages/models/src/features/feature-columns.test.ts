import type { CandleColumns } from '@mexc-bot/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flat, mapColumns, walk, without } from '../../test/candles.ts';
import { type ContextColumns, type FeatureContext, NO_CONTEXT } from './context.ts';
import { featureColumns, featureRow } from './feature-columns.ts';
import { FEATURE_CANDLES, FEATURE_SET, FEATURES, featuresOf } from './feature-set.ts';
import { assertNoLookahead, findLookahead, firstCandles, LookaheadError } from './lookahead.ts';

const btc = walk(3000, 99);
const ramp = (length: number) => Float64Array.from({ length }, (_, i) => (i % 7 === 0 ? Number.NaN : (i + 1) / 100));

function contextOf(length: number): ContextColumns {
  const values = ramp(length);
  return {
    change24h: values,
    rank: values,
    spread: values,
    quoteVolume24h: values,
    ageHours: values,
    breadth: values,
    btc,
  };
}

/** Walks with holes and stretches in which nothing happens. */
const arbCandles: fc.Arbitrary<CandleColumns> = fc
  .record({
    seed: fc.nat(10_000),
    length: fc.integer({ min: 1, max: 700 }),
    holes: fc.array(fc.nat(700), { maxLength: 30 }),
    still: fc.tuple(fc.nat(700), fc.nat(350)),
  })
  .map(({ seed, length, holes, still: [from, count] }) => {
    const candles = walk(length, seed);
    for (let i = from; i < Math.min(from + count, length); i++) {
      for (const column of [candles.open, candles.high, candles.low, candles.close]) column[i] = candles.open[from]!;
      candles.volume[i] = 0;
    }
    const gone = new Set(holes);
    return without(candles, (index) => index > 0 && gone.has(index));
  });

const value = (row: Float64Array, name: string) => row[FEATURE_SET.names.indexOf(name)]!;
const rowAt = (columns: readonly Float64Array[], row: number) => Float64Array.from(columns, (column) => column[row]!);

describe('lookahead', () => {
  const build = (candles: CandleColumns) => featureColumns(candles, contextOf(candles.close.length));

  it('no feature changes when later candles become known', () => {
    fc.assert(
      fc.property(arbCandles, (candles) => {
        expect(findLookahead(build, candles)).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['the next close', ({ close }: CandleColumns) => close.map((_, i) => close[Math.min(i + 1, close.length - 1)]!)],
    [
      'the mean of the whole series',
      ({ close }: CandleColumns) => {
        const mean = close.reduce((sum, price) => sum + price, 0) / close.length;
        return close.map((price) => price / mean);
      },
    ],
    [
      'the open candle of a longer timeframe',
      ({ close }: CandleColumns) => close.map((_, i) => close[Math.min(i - (i % 12) + 11, close.length - 1)]!),
    ],
  ])('a feature that knows %s is caught', (_, leaky) => {
    const leak = (candles: CandleColumns) => [...build(candles), leaky(candles)];
    expect(findLookahead(leak, walk(500))).toMatchObject({ column: FEATURES.length });
    expect(() => assertNoLookahead(leak, walk(500))).toThrow(LookaheadError);
  });
});

describe('the row of the last candle', () => {
  it('is the last of the columns, to the bit', () => {
    fc.assert(
      fc.property(arbCandles, (candles) => {
        const last = candles.close.length - 1;
        const context = contextOf(last + 1);
        const known = (column: Float64Array | null) => (Number.isNaN(column![last]!) ? null : column![last]!);
        const single: FeatureContext = {
          change24h: known(context.change24h),
          rank: known(context.rank),
          spread: known(context.spread),
          quoteVolume24h: known(context.quoteVolume24h),
          ageHours: known(context.ageHours),
          breadth: known(context.breadth),
          btc,
        };
        expect(featureRow(candles, single)).toEqual(rowAt(featureColumns(candles, context), last));
      }),
      { numRuns: 25 },
    );
  });

  it(`does not depend on more than ${FEATURE_CANDLES} candles`, () => {
    const candles = walk(3000, 5);
    const late = mapColumns(candles, (column) => column.slice(-FEATURE_CANDLES));
    const [long, short] = [featureRow(candles), featureRow(late)];
    for (const [index, name] of FEATURE_SET.names.entries()) {
      if (Number.isNaN(long[index]!)) expect(short[index], name).toBeNaN();
      else
        expect(Math.abs(short[index]! - long[index]!) / Math.max(1e-3, Math.abs(long[index]!)), name).toBeLessThan(
          1e-5,
        );
    }
  });
});

describe('a feature', () => {
  it('is free of the price level and of the unit of volume', () => {
    const candles = walk(600, 3);
    const scaled = {
      ...mapColumns(candles, (column) => column.map((price) => price * 1024)),
      openTime: candles.openTime,
    };
    const names = FEATURE_SET.names.filter((name) => name !== 'quote_volume_24h');
    const [plain, other] = [featureRow(candles), featureRow(scaled)];
    expect(names.map((name) => value(other, name))).toEqual(names.map((name) => value(plain, name)));
  });

  it('is defined with enough candles and a full context', () => {
    const row = featureRow(walk(FEATURE_CANDLES), {
      ...NO_CONTEXT,
      rank: 2,
      spread: 0.001,
      ageHours: 40,
      breadth: 0.5,
      btc,
    });
    expect(FEATURE_SET.names.filter((_, index) => !Number.isFinite(row[index]!))).toEqual([]);
  });

  it('is undefined, never 0, where its window is not full', () => {
    const row = featureRow(walk(288), NO_CONTEXT);
    for (const name of ['rv_24h', 'ret_24h_vol', 'change_24h', 'high_24h', 'volume_12_24h']) {
      expect(value(row, name), name).toBeNaN();
    }
    expect(value(row, 'rv_6h')).toBeGreaterThan(0);
    expect(
      Array.from(featureRow(walk(1))).filter(
        (x, index) => x === 0 && !['engulfing', 'hammer'].includes(FEATURE_SET.names[index]!),
      ),
    ).toEqual([]);
  });

  it('is undefined where its window has holes, beyond one candle in twenty', () => {
    const candles = walk(600);
    const fewGone = featureRow(without(candles, (index) => index > 320 && index < 335));
    expect(value(fewGone, 'rv_24h')).toBeGreaterThan(0);
    const manyGone = featureRow(without(candles, (index) => index > 320 && index < 337));
    for (const name of ['rv_24h', 'change_24h', 'quote_volume_24h']) expect(value(manyGone, name), name).toBeNaN();
    expect(value(manyGone, 'rv_6h')).toBeGreaterThan(0);
  });

  it('is undefined where a market that stands still gives nothing to divide by', () => {
    const row = featureRow(flat(500));
    for (const name of ['rv_1h_24h', 'ret_6h_vol', 'volume_3_6h', 'obv_slope', 'body', 'close_in_hour']) {
      expect(value(row, name), name).toBeNaN();
    }
    expect(value(row, 'change_24h')).toBe(0);
  });
});

describe('the context', () => {
  const candles = walk(500, 8);

  it('takes 24 h change and volume from the candles where the exchange says nothing', () => {
    const { close, volume } = candles;
    const row = featureRow(candles);
    expect(value(row, 'change_24h')).toBe(close[499]! / close[499 - 288]! - 1);
    let quote = 0;
    for (let i = 500 - 288; i < 500; i++) quote += close[i]! * volume[i]!;
    expect(value(row, 'quote_volume_24h')).toBeCloseTo(Math.log1p(quote), 9);
    const told = featureRow(candles, { ...NO_CONTEXT, change24h: 0.25, quoteVolume24h: 1e6 });
    expect(value(told, 'change_24h')).toBe(0.25);
    expect(value(told, 'quote_volume_24h')).toBe(Math.log1p(1e6));
  });

  it('leaves undefined what nobody knows', () => {
    const row = featureRow(candles, { ...NO_CONTEXT, spread: Number.POSITIVE_INFINITY });
    for (const name of ['rank', 'spread', 'age', 'btc_1h', 'breadth']) expect(value(row, name), name).toBeNaN();
  });

  it('reads of BTC only what had closed, and nothing that is old', () => {
    const row = featureRow(candles, { ...NO_CONTEXT, btc });
    expect(value(row, 'btc_1h')).toBe(btc.close[499]! / btc.close[499 - 12]! - 1);
    expect(value(featureRow(candles, { ...NO_CONTEXT, btc: firstCandles(btc, 480) }), 'btc_1h')).toBeNaN();
  });

  it('refuses columns of another length', () => {
    expect(() => featureColumns(candles, { ...NO_CONTEXT, rank: new Float64Array(3) })).toThrow(
      'context rank has 3 values, the series 500',
    );
    expect(() => featureRow(firstCandles(candles, 0))).toThrow('at least one candle');
  });
});

describe('other timeframes', () => {
  it('windows in hours follow the length of the candles', () => {
    const hourly = { ...walk(400), openTime: Float64Array.from({ length: 400 }, (_, i) => i * 3_600_000) };
    const row = featureRow(hourly, NO_CONTEXT, { candleMs: 3_600_000 });
    expect(value(row, 'change_24h')).toBe(hourly.close[399]! / hourly.close[375]! - 1);
  });
});

describe('the feature set', () => {
  it('computes under one hash what it always did: a change here needs a new DEFINITIONS_VERSION', () => {
    const full = { ...NO_CONTEXT, rank: 2, spread: 0.001, ageHours: 40, breadth: 0.5, btc };
    const row = featureRow(walk(FEATURE_CANDLES, 11), full);
    const values = FEATURE_SET.names.map((name, index) => `${name} ${row[index]!.toPrecision(6)}`);
    expect([FEATURE_SET.hash, ...values]).toMatchInlineSnapshot(`
      [
        "dc0a2a45ee1401ea",
        "atr_pct 4.39927",
        "atr_24h 0.0305622",
        "rv_1h 0.0277870",
        "rv_6h 0.0263880",
        "rv_24h 0.0171078",
        "rv_1h_24h 1.62423",
        "rv_6h_24h 1.54245",
        "bb_width 0.138538",
        "ret_15m 0.102112",
        "ret_1h 0.133794",
        "ret_4h 0.154434",
        "ret_6h -0.187787",
        "ret_12h -0.206533",
        "ret_1h_vol 2.25762",
        "ret_6h_vol -1.29361",
        "ret_24h_vol -0.731268",
        "rsi_14 65.5600",
        "rsi_28 55.4559",
        "macd 0.00995642",
        "macd_hist 0.00973849",
        "bb_b 1.16890",
        "ema_dist 0.0832525",
        "ema_cross -0.00570540",
        "adx 15.9816",
        "di_diff 17.8385",
        "stoch_k 88.2272",
        "mfi_14 77.6281",
        "obv_slope -0.223370",
        "volume_z 3.44540",
        "volume_1_12 1.90318",
        "volume_3_6h 1.29866",
        "volume_12_24h 0.890327",
        "high_6h -0.196303",
        "high_24h -0.302897",
        "low_6h 0.205567",
        "low_24h 0.205567",
        "body 0.723442",
        "wick_up 0.170187",
        "close_in_hour 0.936543",
        "rising_share_1h 0.500000",
        "engulfing 0.00000",
        "hammer 0.00000",
        "change_24h -0.212309",
        "rank 0.693147",
        "quote_volume_24h 12.8742",
        "spread 0.00100000",
        "age 3.71357",
        "btc_1h -0.00520685",
        "btc_6h -0.00318556",
        "btc_24h -0.00496182",
        "breadth 0.500000",
        "hour_sin 0.642788",
        "hour_cos -0.766044",
      ]
    `);
  });

  it('names each feature once and leaves market and time out unless asked', () => {
    expect(new Set(FEATURE_SET.names).size).toBe(FEATURE_SET.names.length);
    const used = featuresOf().map((index) => FEATURE_SET.names[index]);
    expect(used).toHaveLength(47);
    expect(used).not.toContain('btc_1h');
    expect(featuresOf(['time']).map((index) => FEATURE_SET.names[index])).toEqual(['hour_sin', 'hour_cos']);
  });
});
