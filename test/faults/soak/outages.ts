import { DAY_MS, HOUR_MS, MINUTE_MS } from '@mexc-bot/core';
import type { FaultPlanInput, FaultRuleInput } from '../../../apps/simulator/src/faults/plan.ts';

/** Hours and minutes of a day, from and until, as `1:00`. */
type Window = readonly [from: string, until: string];
type Action = Extract<FaultRuleInput, { request: unknown }>['do'];

const ORDER = 'POST /api/v3/order';
const LOOKUP = 'GET /api/v3/order';

/** What goes wrong with requests each day, so that each day leaves as much behind as the one before. */
const REST: readonly (readonly [window: Window, request: string | string[], probability: number, what: Action])[] = [
  [['1:00', '1:25'], '*', 1, { kind: 'drop' }],
  [['3:00', '3:10'], '*', 0.5, { kind: 'answer', status: 429, body: 'json', retryAfterSeconds: 5 }],
  [['5:00', '5:30'], '*', 0.5, { kind: 'hang' }],
  [['7:00', '7:20'], '*', 1, { kind: 'answer', status: 503, body: 'html' }],
  [['9:00', '9:02'], 'signed', 1, { kind: 'answer', status: 418, body: 'json', retryAfterSeconds: 120 }],
  [['10:00', '11:00'], LOOKUP, 0.7, { kind: 'error', code: -2013 }],
  [['10:00', '11:00'], ORDER, 1, { kind: 'accept-then-drop' }],
  [['12:00', '13:00'], 'GET /api/v3/klines', 1, { kind: 'candles', how: 'missing', share: 0.2 }],
  [['14:00', '14:30'], 'GET /api/v3/ticker/*', 0.5, { kind: 'bad-price', as: 'nan' }],
  [['16:00', '16:15'], 'signed', 1, { kind: 'error', code: 10072 }],
  [['18:00', '18:30'], '*', 1, { kind: 'hang' }],
  [['20:00', '20:10'], 'signed', 1, { kind: 'clock-skew', ms: 20_000 }],
  [['0:00', '24:00'], ORDER, 0.1, { kind: 'accept-then-hang' }],
  [['0:00', '24:00'], ORDER, 0.1, { kind: 'drop' }],
  [['0:00', '24:00'], ORDER, 0.1, { kind: 'partial-fill', share: 0.4, rest: 'cancel' }],
];

/** What the price stream does: nothing can be opened; it is open, and nothing comes; it says that topics are refused. */
type StreamTrouble = 'dead' | 'silent' | 'refused';
const STREAM: readonly (readonly [window: Window, trouble: StreamTrouble])[] = [
  [['2:00', '2:40'], 'dead'],
  [['6:00', '6:40'], 'silent'],
  [['11:00', '11:30'], 'refused'],
  [['18:00', '18:30'], 'dead'],
];
/** And every so often the connection is cut. */
export const STREAM_CUT_EVERY_MS = 20 * MINUTE_MS;

const sinceMidnight = (time: string): number => {
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * HOUR_MS + minutes! * MINUTE_MS;
};

/** @param days from the market's start, which is a midnight */
export function outagePlan(seed: number, days: number): FaultPlanInput {
  const faults = REST.flatMap(([[from, until], request, probability, what]) =>
    Array.from({ length: days }, (_, day): FaultRuleInput => {
      const at = (time: string): string => `+${day * DAY_MS + sinceMidnight(time)}ms`;
      return { request, from: at(from), to: at(until), probability, do: what };
    }),
  );
  return { seed, faults };
}

/** @param sinceStart ms; @returns null: the stream is well */
export function streamTrouble(sinceStart: number): StreamTrouble | null {
  const time = sinceStart % DAY_MS;
  const found = STREAM.find(([[from, until]]) => time >= sinceMidnight(from) && time < sinceMidnight(until));
  return found?.[1] ?? null;
}
