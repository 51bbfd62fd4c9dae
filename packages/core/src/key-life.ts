import { KEY_SENTENCES, withDays } from './key-sentences.ts';
import { DAY_MS } from './time.ts';

/** Why the exchange refuses a key. */
export type KeyFault = 'invalid' | 'signature' | 'ip_not_listed' | 'no_permission' | 'account';

/** What the exchange said of the key. A question without an answer says nothing of it and is no status. */
export type KeyStatus =
  | {
      readonly state: 'working';
      readonly canTrade: boolean;
      readonly canWithdraw: boolean;
      readonly canDeposit: boolean;
      /** as the exchange lists them: `SPOT` */
      readonly permissions: readonly string[];
    }
  /** `detail`: the exchange's own words */
  | { readonly state: 'refused'; readonly fault: KeyFault; readonly detail: string };

export interface KeyPolicy {
  /** trade with a key that may withdraw */
  readonly allowWithdrawKey: boolean;
  /** when the key was made, ms UTC; null where the owner did not say, or where the key does not expire */
  readonly createdAt: number | null;
}

export type KeyVerdict =
  | {
      readonly entries: 'allowed';
      /** whole days until the key expires, 0 on its last day and after; null where its age is not known */
      readonly daysLeft: number | null;
      /** for the owner to read; null where all is well */
      readonly warning: string | null;
    }
  | {
      readonly entries: 'stopped';
      readonly code: KeyFault | 'may_not_trade' | 'may_withdraw';
      /** what is wrong and what to do, in plain words */
      readonly reason: string;
      readonly daysLeft: number | null;
    };

/** A key without linked IP addresses lives this long. */
const KEY_LIFE_DAYS = 90;
/** MEXC renews a key from five days before its end; an owner on holiday needs more. */
const WARN_FROM_DAY = 80;

const ageInDays = (createdAt: number | null, now: number): number | null =>
  createdAt === null ? null : Math.floor((now - createdAt) / DAY_MS);

/** @returns whole days until a key made then expires, 0 on its last day and after; null where its age is not known */
export function keyDaysLeft(createdAt: KeyPolicy['createdAt'], now: number): number | null {
  const age = ageInDays(createdAt, now);
  return age === null ? null : Math.max(0, KEY_LIFE_DAYS - age);
}

/** Whether buys may go on with this key. Open positions are watched and sold, as far as the key can, either way. */
export function keyVerdict(status: KeyStatus, { allowWithdrawKey, createdAt }: KeyPolicy, now: number): KeyVerdict {
  const age = ageInDays(createdAt, now);
  const daysLeft = keyDaysLeft(createdAt, now);
  if (status.state === 'refused') {
    const aged = daysLeft === 0 ? ` ${withDays(KEY_SENTENCES.age, age!)}` : '';
    return {
      entries: 'stopped',
      code: status.fault,
      reason: `${KEY_SENTENCES[status.fault]}${aged} (${status.detail})`,
      daysLeft,
    };
  }
  if (!status.canTrade) {
    return { entries: 'stopped', code: 'may_not_trade', reason: KEY_SENTENCES.may_not_trade, daysLeft };
  }
  if (status.canWithdraw && !allowWithdrawKey) {
    return { entries: 'stopped', code: 'may_withdraw', reason: KEY_SENTENCES.may_withdraw, daysLeft };
  }
  return { entries: 'allowed', daysLeft, warning: age !== null && age >= WARN_FROM_DAY ? ageWarning(age) : null };
}

function ageWarning(age: number): string {
  const left = KEY_LIFE_DAYS - age;
  if (left === 1) return KEY_SENTENCES.expires_tomorrow;
  return left > 0 ? withDays(KEY_SENTENCES.expires, left) : withDays(KEY_SENTENCES.expired, age);
}
