/** Rows of features, row-major; NaN where undefined. */
export interface Rows {
  readonly x: Float32Array;
  /** features a row */
  readonly width: number;
  readonly count: number;
}

export interface FitOptions {
  readonly seed: number;
}

export interface Predictor {
  /** @returns probability-like score of one row, 0..1 */
  predict(row: ArrayLike<number>): number;
  /** @returns the score of every row, 0..1 */
  predictAll(rows: Rows): Float64Array;
}

export type EngineName = 'logistic' | 'gbdt' | 'mlp';

/** Learns from rows and labels; `Params` is plain data that a model file holds. */
export interface Engine<Params = unknown> {
  readonly name: EngineName;
  /** @param labels 0 or 1, one a row */
  fit(rows: Rows, labels: Uint8Array, options: FitOptions): Promise<Params>;
  predictor(params: Params): Predictor;
}
