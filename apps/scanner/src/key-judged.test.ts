import { QueryFailed } from '@mexc-bot/exchange';
import { expect, it } from 'vitest';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createKeyJudged } from './key-judged.ts';

function aKey(judgedBefore: number | null) {
  const key = { judgedAt: judgedBefore, checks: 0, answers: true };
  const judged = createKeyJudged(
    {
      judgedWallAt: () => key.judgedAt,
      check: async () => {
        key.checks += 1;
        if (!key.answers) throw new QueryFailed('network', 'scripted');
        key.judgedAt = 5;
      },
    },
    silentLog,
  );
  return { key, judged };
}

it.each([null, 3])(
  'no verdict of before the start counts (%s): the key is checked before the first live buy',
  async (before) => {
    const { key, judged } = aKey(before);
    key.answers = false;
    expect(await judged('live')).toBe(false);
    key.answers = true;
    expect([await judged('live'), await judged('live'), key.checks]).toEqual([true, true, 2]);
  },
);

it('a verdict that the tracker has got since does as well', async () => {
  const { key, judged } = aKey(3);
  key.judgedAt = 4;
  expect([await judged('live'), key.checks]).toEqual([true, 0]);
});

it('paper money needs no key', async () => {
  const { key, judged } = aKey(null);
  expect([await judged('test'), key.checks]).toEqual([true, 0]);
});
