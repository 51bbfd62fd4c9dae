import { scaleRows } from '../engines/scaler.ts';
import { FEATURE_SET } from '../features/feature-set.ts';
import type { ModelFile } from '../files/model-file.ts';
import type { Card } from '../judge/card.ts';
import { DEFAULT_TOKEN, type TokenOptions, trainToken } from '../judge/token.ts';
import type { Head } from '../judge/train.ts';
import { type LabelledRows, setOf } from './labelled-rows.ts';
import { namesOf, type Prior, priorScores } from './prior.ts';
import type { StoredCard } from './stored-card.ts';

export interface TokenRequest {
  readonly rows: LabelledRows;
  readonly prior: Prior;
  readonly head: Head;
  readonly version: string;
  readonly moves: StoredCard['moves'];
  readonly options?: TokenOptions;
}

/**
 * A token's own model: its correction to the prior, judged on its own rows, in milliseconds. With too little history it is the prior
 * alone, and the card says so.
 */
export function trainTokenModel({ rows, prior, head, version, moves, options = DEFAULT_TOKEN }: TokenRequest): {
  readonly file: ModelFile;
  readonly card: Card;
} {
  const raw = setOf(rows, prior.groups);
  const scores = priorScores(prior, raw);
  const scaled = { ...raw, rows: { ...raw.rows, x: scaleRows(prior.scaler, raw.rows) } };
  const { model, card } = trainToken(scaled, scores, head, prior.engine, options);
  const { correction, reading } = model;
  const file: ModelFile = {
    scope: head.scope,
    version,
    content: { kind: 'correction', params: { prior: prior.version, scaler: prior.scaler, correction } },
    features: { hash: FEATURE_SET.hash, names: namesOf(prior.groups) },
    reading,
    card: { card, moves } satisfies StoredCard,
  };
  return { file, card };
}
