import type { CandleColumns, ExchangeSymbol } from '@mexc-bot/core';
import {
  type Card,
  createModelFiles,
  DEFAULT_TOKEN,
  DEFAULT_TRAIN,
  type EngineName,
  engineNamed,
  type Head,
  type HypeMoment,
  type LabelKind,
  type LabelledRows,
  type LabelRule,
  labelRows,
  momentsOf,
  movesOf,
  type Prior,
  rankContext,
  setOf,
  type TradeCosts,
  type TrainedScope,
  trainScope,
  trainTokenModel,
} from '@mexc-bot/models';

/** What all jobs share; plain data, so that a job can run in any thread. */
interface Market {
  readonly candles: CandleColumns;
  readonly candleMs: number;
  readonly rule: LabelRule;
}

export interface RowsJob extends Market {
  readonly kind: LabelKind;
  /** its number among the markets */
  readonly market: number;
  /** those to be labelled; null: all on a grid of `everyMs` */
  readonly moments: readonly HypeMoment[] | null;
  readonly everyMs: number;
  readonly minQuoteVolume?: number;
  /** rows before this are not made, ms UTC */
  readonly since?: number;
}

/** Candles in, labelled rows out. */
export function rowsJob({ moments, everyMs, since, ...job }: RowsJob): LabelledRows {
  const { candles, candleMs } = job;
  const all = moments === null ? momentsOf(candles, candleMs, everyMs) : Int32Array.from(moments, ({ index }) => index);
  const at = since === undefined ? all : all.filter((index) => candles.openTime[index]! + candleMs >= since);
  const context = moments === null ? {} : { context: rankContext(moments, candles.close.length) };
  return labelRows({ ...job, ...context, at });
}

export interface ScopeJob {
  readonly engine: EngineName;
  readonly kind: LabelKind;
  readonly rows: LabelledRows;
  readonly head: Head;
  readonly version: string;
  readonly rule: LabelRule;
  readonly costs: TradeCosts;
}

/** Labelled rows in, a judged model out. */
export function scopeJob({ engine, kind, rows, head, version, rule, costs }: ScopeJob): Promise<TrainedScope> {
  return trainScope({
    engine: engineNamed(engine),
    set: setOf(rows),
    head,
    version,
    moves: movesOf(kind, rule),
    options: { ...DEFAULT_TRAIN, judge: { ...DEFAULT_TRAIN.judge, costs } },
  });
}

export interface TokenJob extends Market {
  readonly folder: string;
  readonly market: ExchangeSymbol;
  readonly everyMs: number;
  readonly minQuoteVolume: number;
  readonly prior: Prior;
  readonly head: Head;
  readonly version: string;
  readonly costs: TradeCosts;
}

/** Candles in, a model folder out. */
export async function tokenJob(job: TokenJob): Promise<Card> {
  const { candles, candleMs, everyMs, rule, minQuoteVolume, folder, prior, head, version, costs } = job;
  const at = momentsOf(candles, candleMs, everyMs);
  const { file, card } = trainTokenModel({
    rows: labelRows({ candles, candleMs, at, kind: 'token', rule, market: 0, minQuoteVolume }),
    prior,
    head,
    version,
    moves: movesOf('token', rule),
    options: { ...DEFAULT_TOKEN, judge: { ...DEFAULT_TOKEN.judge, costs } },
  });
  await createModelFiles(folder).write(file);
  return card;
}
