import { describe, expect, it } from 'vitest';
import { syntheticMarkets, testSettings } from '../../../test/support/synthetic-markets.ts';
import { prepareData } from './data.ts';
import { runBacktest } from './run.ts';
import { fromShared, shareData } from './shared-data.ts';

// between calm and wild, so that every reading of the ATR moves a stop
const stop = { calmFraction: 0.004, wildFraction: 0.02, calmFactor: 0.5, wildFactor: 2 };
const inputs = syntheticMarkets(17, 12, 1_500, 0.006);
const tradesOf = (data: ReturnType<typeof prepareData>, stopAtrPeriod: number) =>
  runBacktest(data, testSettings({ stop, stopAtrPeriod })).trades;

describe('the ATR that stops go by', () => {
  it('has the period of the settings, and the scan keeps its own', () => {
    const data = prepareData(inputs, '5m');
    const [short, usual, long] = [5, 14, 60].map((period) => tradesOf(data, period));
    expect(short).not.toEqual(usual);
    expect(long).not.toEqual(usual);
    // the first buys know nothing of stops that moved later
    expect(short![0]).toMatchObject({ openedAt: usual![0]!.openedAt, stopPrice: usual![0]!.stopPrice });
  });

  it('is made once for all threads, on memory they share', () => {
    const data = prepareData(inputs, '5m');
    const shared = shareData(data, [5, 14, 5]);
    for (const { stopAtrs } of shared.markets) {
      expect([...stopAtrs.keys()]).toEqual([5, 14]);
      for (const column of stopAtrs.values()) expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
    expect(tradesOf(fromShared(structuredClone(shared)), 5)).toEqual(tradesOf(data, 5));
  });
});
