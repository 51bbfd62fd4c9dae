import { parseMoment } from '@mexc-bot/core';
import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const OFFSET = /^\+(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A moment of the market: `"+90s"` after the plan's origin, an ISO time, or ms UTC. */
export type PlanTime = string | number;

const isTime = (time: PlanTime): boolean => typeof time === 'number' || OFFSET.test(time) || parseMoment(time) !== null;

export const planTimeSchema = z
  .union([z.int().min(0), z.string()])
  .refine(isTime, 'must be a time: "+90s", "+15m", "+2h", "2026-01-01T12:00:00Z", or ms UTC');

/** @param origin what `+90s` counts from, ms UTC; @returns ms UTC */
export function resolveTime(time: PlanTime, origin: number): number {
  if (typeof time === 'number') return time;
  const offset = OFFSET.exec(time);
  if (offset !== null) return origin + Math.round(Number(offset[1]) * UNITS[offset[2]!]!);
  const at = parseMoment(time);
  if (at === null) throw new RangeError(`${time} is no time: the schema of plans lets none through`);
  return at;
}
