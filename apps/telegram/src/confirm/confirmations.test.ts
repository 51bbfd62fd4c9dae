import { createManualClock } from '@mexc-bot/runtime';
import { expect, it } from 'vitest';
import { CONFIRM_MS, createConfirmations } from './confirmations.ts';

const who = { user: 7, chat: 7 };
function asked() {
  const clock = createManualClock(1_000);
  const confirmations = createConfirmations<string>(clock.wallNow);
  const { buttons, bind } = confirmations.ask({ ...who, action: 'sell' });
  bind(50);
  return { clock, confirmations, buttons, press: { ...who, messageId: 50 } };
}

it('does what was asked, once', () => {
  const { confirmations, buttons, press } = asked();
  expect(confirmations.answer(buttons.yes, press)).toEqual({ verdict: 'yes', action: 'sell' });
  expect(confirmations.answer(buttons.yes, press)).toEqual({ verdict: 'expired' });
});

it('is over once it was answered with no', () => {
  const { confirmations, buttons, press } = asked();
  expect(confirmations.answer(buttons.no, press)).toEqual({ verdict: 'no' });
  expect(confirmations.answer(buttons.yes, press)).toEqual({ verdict: 'expired' });
});

it.each([
  ['another person', { user: 8 }],
  ['another chat', { chat: -5 }],
  ['another message', { messageId: 51 }],
])('does nothing for %s, and stays open for who may answer', (_, change) => {
  const { confirmations, buttons, press } = asked();
  expect(confirmations.answer(buttons.yes, { ...press, ...change })).toEqual({ verdict: 'foreign' });
  expect(confirmations.answer(buttons.yes, press)).toMatchObject({ verdict: 'yes' });
});

it('is good for thirty seconds', async () => {
  const { clock, confirmations, buttons, press } = asked();
  await clock.advance(CONFIRM_MS - 1);
  expect(confirmations.size()).toBe(1);
  await clock.advance(1);
  expect(confirmations.answer(buttons.yes, press)).toEqual({ verdict: 'expired' });
  expect(confirmations.size()).toBe(0);
});

it('cannot be answered before its message is known, nor with a button of one’s own making', () => {
  const confirmations = createConfirmations<string>(() => 0);
  const { buttons } = confirmations.ask({ ...who, action: 'sell' });
  expect(confirmations.answer(buttons.yes, { ...who, messageId: 50 })).toEqual({ verdict: 'foreign' });
  for (const data of ['qy:AAAAAAAAAAAAAAAA', 'qy:', 'v:status', '', buttons.yes.replace('qy', 'qz')])
    expect(confirmations.answer(data, { ...who, messageId: 50 })).toEqual({ verdict: 'expired' });
  expect(Buffer.byteLength(buttons.yes)).toBeLessThanOrEqual(64);
});
