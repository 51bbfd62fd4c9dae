import { IndicatorInputError } from './columns.ts';

export interface HighLowCandle {
  readonly high: number;
  readonly low: number;
}

export interface HighLowCloseCandle extends HighLowCandle {
  readonly close: number;
}

export interface VolumeCandle extends HighLowCloseCandle {
  /** base volume, ≥ 0 */
  readonly volume: number;
}

/** What a stream remembers, as plain JSON: for a restart that goes on where the last run stopped. */
export interface StreamState {
  readonly indicator: string;
  readonly parameters: readonly number[];
  readonly values: readonly number[];
}

/**
 * An indicator that takes one candle (or value) at a time, in O(1) amortised whatever the period. Its n-th answer is the
 * n-th value of the batch form.
 */
export interface Streaming<Input, Output> {
  /**
   * Takes the next closed candle.
   *
   * @returns the indicator with it; NaN until warm
   * @throws {IndicatorInputError} a value that is not finite; the state stays as it was
   */
  push(input: Input): Output;
  /** What `push(input)` would return, changing nothing: for the candle still open. */
  peek(input: Input): Output;
  save(): StreamState;
  /** @throws {IndicatorInputError} the state of another indicator or of other parameters, or a damaged one */
  restore(state: StreamState): void;
}

/** A part of an indicator: `step` answers for the next input and, with `commit`, remembers it. */
export interface Part {
  /** everything `step` remembers, finite numbers only */
  readonly memory: Float64Array;
}

/** Makes a stream of a step function and the parts that hold its memory. */
export function createStream<Input, Output>(
  indicator: string,
  parameters: readonly number[],
  parts: readonly Part[],
  step: (input: Input, commit: boolean) => Output,
): Streaming<Input, Output> {
  return new PartStream(indicator, parameters, parts, step);
}

/** A class, as thousands of these are pushed one after the other: closures for each would crowd the processor's caches. */
class PartStream<Input, Output> implements Streaming<Input, Output> {
  readonly #step: (input: Input, commit: boolean) => Output;
  readonly #indicator: string;
  readonly #parameters: readonly number[];
  readonly #parts: readonly Part[];

  constructor(
    indicator: string,
    parameters: readonly number[],
    parts: readonly Part[],
    step: (input: Input, commit: boolean) => Output,
  ) {
    this.#step = step;
    this.#indicator = indicator;
    this.#parameters = parameters;
    this.#parts = parts;
  }

  push(input: Input): Output {
    return this.#step(input, true);
  }

  peek(input: Input): Output {
    return this.#step(input, false);
  }

  save(): StreamState {
    return {
      indicator: this.#indicator,
      parameters: [...this.#parameters],
      values: this.#parts.flatMap((part) => Array.from(part.memory)),
    };
  }

  restore(state: StreamState): void {
    const own = nameOf(this.#indicator, this.#parameters);
    const theirs = nameOf(state.indicator, state.parameters);
    if (own !== theirs) throw new IndicatorInputError(`state of ${theirs} does not fit ${own}`);
    const size = this.#parts.reduce((sum, part) => sum + part.memory.length, 0);
    if (state.values.length !== size || !state.values.every(Number.isFinite)) {
      throw new IndicatorInputError(`state of ${own} is damaged: ${size} finite numbers expected`);
    }
    let from = 0;
    for (const { memory } of this.#parts) {
      memory.set(state.values.slice(from, from + memory.length));
      from += memory.length;
    }
  }
}

function nameOf(indicator: string, parameters: readonly number[]): string {
  return `${indicator}(${parameters.join(', ')})`;
}

/** @throws {IndicatorInputError} the value is NaN or an infinity */
export function requireFiniteValue(value: number, name = 'value'): void {
  if (!Number.isFinite(value)) throw new IndicatorInputError(`${name} is ${value}, not a finite number`);
}

/** @throws {IndicatorInputError} a value of the candle is NaN or an infinity */
export function requireFiniteCandle(candle: HighLowCandle & Partial<VolumeCandle>): void {
  requireFiniteValue(candle.high, 'high');
  requireFiniteValue(candle.low, 'low');
  if (candle.close !== undefined) requireFiniteValue(candle.close, 'close');
  if (candle.volume !== undefined) requireFiniteValue(candle.volume, 'volume');
}
