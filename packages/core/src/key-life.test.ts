import { describe, expect, it } from 'vitest';
import { type KeyFault, type KeyPolicy, type KeyStatus, keyVerdict } from './key-life.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const working: KeyStatus = {
  state: 'working',
  canTrade: true,
  canWithdraw: false,
  canDeposit: true,
  permissions: ['SPOT'],
};
const verdict = (status: KeyStatus, policy: Partial<KeyPolicy> = {}) =>
  keyVerdict(status, { allowWithdrawKey: false, createdAt: null, ...policy }, NOW);

it('a key that trades and cannot withdraw lets entries go on', () => {
  expect(verdict(working)).toEqual({ entries: 'allowed', daysLeft: null, warning: null });
});

it('a key that may withdraw stops entries, unless the owner allows it', () => {
  const rich = { ...working, canWithdraw: true };
  expect(verdict(rich)).toMatchObject({ entries: 'stopped', code: 'may_withdraw' });
  expect(verdict(rich, { allowWithdrawKey: true }).entries).toBe('allowed');
});

it('a key that may not trade stops entries', () => {
  expect(verdict({ ...working, canTrade: false })).toMatchObject({ entries: 'stopped', code: 'may_not_trade' });
});

it.each<[KeyFault, RegExp]>([
  ['invalid', /new key/],
  ['signature', /MEXC_API_SECRET/],
  ['ip_not_listed', /IP address/],
  ['no_permission', /permission/],
  ['account', /support/],
])('a key refused as %s stops entries and says what to do', (fault, words) => {
  const stopped = verdict({ state: 'refused', fault, detail: 'HTTP 400 code 700006: IP non white list' });
  expect(stopped).toMatchObject({ entries: 'stopped', code: fault });
  if (stopped.entries === 'stopped') {
    expect(stopped.reason).toMatch(words);
    expect(stopped.reason).toContain('700006');
  }
});

describe('the days of a key', () => {
  it.each<[number, number, RegExp | null]>([
    [0, 90, null],
    [79.9, 11, null],
    [80, 10, /expires in 10 days/],
    [89, 1, /expires in 1 day:/],
    [90, 0, /should have expired/],
    [400, 0, /400 days old/],
  ])('after %f days %i are left', (age, daysLeft, warning) => {
    const allowed = verdict(working, { createdAt: NOW - age * DAY });
    expect(allowed).toMatchObject({ entries: 'allowed', daysLeft });
    if (allowed.entries !== 'allowed') return;
    if (warning === null) expect(allowed.warning).toBeNull();
    else expect(allowed.warning).toMatch(warning);
  });

  it('an old key that is refused has its age named', () => {
    const stopped = verdict(
      { state: 'refused', fault: 'signature', detail: 'code 700002' },
      { createdAt: NOW - 91 * DAY },
    );
    expect(stopped).toMatchObject({ daysLeft: 0, reason: expect.stringContaining('91 days old') });
  });
});
