import { parentPort } from 'node:worker_threads';
import { type CandleColumns, type ExchangeSymbol, HOUR_MS } from '@mexc-bot/core';
import {
  type Card,
  createModelFiles,
  DEFAULT_TOKEN,
  FEATURE_SET,
  type LabelRule,
  labelRows,
  momentsOf,
  movesOf,
  type Prior,
  type TradeCosts,
  trainTokenModel,
} from '@mexc-bot/models';

/** All that a token's model is made of; the thread needs nothing else. */
export interface TokenJob {
  /** the folder `models` */
  readonly folder: string;
  readonly market: ExchangeSymbol;
  readonly candles: CandleColumns;
  readonly candleMs: number;
  readonly prior: Prior;
  readonly rule: LabelRule;
  readonly costs: TradeCosts;
  /** quote traded in 24 h: below it the scanner would not buy */
  readonly minQuoteVolume: number;
  readonly exchange: string;
  /** market ms UTC */
  readonly trainedAt: number;
}

export interface TokenJobResult {
  readonly version: string;
  readonly card: Card;
}

const EVERY_MS = HOUR_MS / 2;

async function trainOne(job: TokenJob): Promise<TokenJobResult> {
  const { market, candles, candleMs, prior, rule, minQuoteVolume, exchange, trainedAt } = job;
  const at = momentsOf(candles, candleMs, Math.max(EVERY_MS, candleMs));
  const version = `${new Date(trainedAt).toISOString()} on demand`;
  const { file, card } = trainTokenModel({
    rows: labelRows({ candles, candleMs, at, kind: 'token', rule, market: 0, minQuoteVolume }),
    prior,
    head: { scope: market, exchange, features: FEATURE_SET.hash, trainedAt },
    version,
    moves: movesOf('token', rule),
    options: { ...DEFAULT_TOKEN, judge: { ...DEFAULT_TOKEN.judge, costs: job.costs } },
  });
  await createModelFiles(job.folder).write(file);
  return { version, card };
}

parentPort?.on('message', (job: TokenJob) => {
  // a fault ends the thread, and is the error of whoever waits
  void trainOne(job).then((result) => parentPort?.postMessage(result));
});
