import { Decimal } from '@mexc-bot/core';
import type { LocalTime } from '../digest/local-time.ts';

/** How figures and times look to the owner. */
export interface Format {
  /** three significant digits: 1,230, 12.3, 2.00, 0.00123; a whole number has no more than it needs; null and NaN: – */
  amount(value: Decimal | number | null): string;
  /** the same with its sign: +12.3, −0.5 */
  signed(value: Decimal | number | null): string;
  /** 0.0123 is +1.23 % */
  change(fraction: Decimal | number | null): string;
  /** 0.4567 is 46 % */
  share(fraction: Decimal | number | null): string;
  /** five significant digits, no exponent */
  price(value: Decimal | number | null): string;
  /** 22.11. 14:05, in the owner's time zone */
  time(at: number): string;
  /** 2026-11-22, in the owner's time zone */
  day(at: number): string;
  /** ms UTC at which the owner's day of this moment began */
  dayStart(at: number): number;
  /** 2.3 s, 5 min, 3 h 10 min, 4 d 2 h */
  duration(ms: number): string;
  readonly zone: string;
}

const DASH = '–';
const DIGITS = 3;

export function createFormat(local: LocalTime): Format {
  const rounded = (value: Decimal | number | null, digits: number): Decimal | null => {
    if (value === null || !(typeof value === 'number' ? Number.isFinite(value) : value.isFinite())) return null;
    return new Decimal(value).toSignificantDigits(digits, Decimal.ROUND_HALF_UP);
  };
  const grouped = (text: string): string => {
    const [whole = '', fraction] = text.split('.');
    const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
    return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
  };
  const unsigned = (value: Decimal): string => grouped(value.abs().toString());
  /** Money shows the digits it was rounded to, zeros too; a count does not. */
  const money = (short: Decimal, value: Decimal | number | null): string =>
    short.eq(0) || (typeof value === 'number' && Number.isInteger(value))
      ? unsigned(short)
      : grouped(short.abs().toFixed(Math.max(0, DIGITS - 1 - short.e)));
  const sign = (value: Decimal): string => (value.gt(0) ? '+' : value.lt(0) ? '−' : '');

  return {
    amount: (value) => {
      const short = rounded(value, DIGITS);
      return short === null ? DASH : `${short.lt(0) ? '−' : ''}${money(short, value)}`;
    },
    signed: (value) => {
      const short = rounded(value, DIGITS);
      return short === null ? DASH : `${sign(short)}${money(short, value)}`;
    },
    change: (fraction) => {
      const short = rounded(fraction, 12);
      if (short === null) return DASH;
      const percent = short.mul(100).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
      return `${sign(percent)}${unsigned(percent)} %`;
    },
    share: (fraction) => {
      const short = rounded(fraction, 12);
      return short === null ? DASH : `${short.mul(100).toDecimalPlaces(0, Decimal.ROUND_HALF_UP)} %`;
    },
    price: (value) => rounded(value, 5)?.toString() ?? DASH,
    time: local.stamp,
    day: local.dayOf,
    dayStart: local.dayStart,
    duration,
    zone: local.zone,
  };
}

function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
