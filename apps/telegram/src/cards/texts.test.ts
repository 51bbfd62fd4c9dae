import { Decimal, KEY_SENTENCES, keyVerdict } from '@mexc-bot/core';
import type { StoredAlert } from '@mexc-bot/store';
import { describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../../test/support/builders.ts';
import { createLocalTime, isWithin } from '../digest/local-time.ts';
import { zoneByIntl } from '../digest/zone.ts';
import { plain } from '../outbox/plain.ts';
import { createAlertText } from './alert-text.ts';
import { createCardText } from './card-text.ts';
import { quoteText, signedPercent, signedQuote, tokenOf } from './format.ts';
import { durationText, keyText, WORDS } from './words.ts';

const time = createLocalTime(zoneByIntl('Europe/Riga'));
const NOON = Date.UTC(2026, 10, 22, 10);
const textIn = (language: 'en' | 'lv') =>
  createAlertText({ language, time, mode: () => 'live', digest: () => 'digest' }).text;
const anAlert = (over: Partial<StoredAlert>): StoredAlert => ({
  id: 1,
  mode: 'test',
  at: NOON,
  wallAt: NOON,
  source: 'tracker',
  rank: 'alarm',
  kind: 'no_price',
  detail: {},
  ...over,
});

it('figures have three significant digits, whole from a hundred on', () => {
  expect([0, 0.04049, 0.1234, 1.5, 12.34, 123.4, 12_345].map(quoteText)).toEqual([
    '0',
    '0.0405',
    '0.123',
    '1.50',
    '12.3',
    '123',
    '12 345',
  ]);
  expect(signedQuote(new Decimal('-0.4'))).toBe('−0.400');
  expect([0.0312, -0.5, 0].map(signedPercent)).toEqual(['+3.12 %', '−50.0 %', '0 %']);
  expect(['PEPEUSDT', 'USDT', 'BTCUSDC'].map((market) => tokenOf(market))).toEqual(['PEPE', 'USDT', 'BTCUSDC']);
  expect([59_000, 80 * 60_000, 27 * 3_600_000, 0].map((ms) => durationText(ms, WORDS.en))).toEqual([
    '1 min',
    '1 h 20 min',
    '1 d 3 h',
    '0 min',
  ]);
});

it('names all processes where many say the same, and the modes of all', () => {
  const back = (process: string, mode: 'test' | 'live') =>
    anAlert({ kind: 'worker_silent', rank: 'notice', mode, detail: { process, state: 'back' } });
  const text = textIn('en')(
    [back('scanner', 'test'), back('labeler', 'live'), back('scanner', 'test')],
    'counts',
    NOON,
  );
  expect(text).toContain('LIVE, TEST <b>Much happened at once</b> (3)');
  expect(text).toContain('3 × ℹ️ scanner, labeler works again');
});

describe('words', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

  it('are there in both languages for the same alerts, with the same figures', () => {
    expect(Object.keys(WORDS.lv.alerts).sort()).toEqual(Object.keys(WORDS.en.alerts).sort());
    for (const [kind, text] of Object.entries(WORDS.en.alerts)) {
      expect([kind, placeholders(WORDS.lv.alerts[kind]!)]).toEqual([kind, placeholders(text)]);
    }
  });

  it.each(['en', 'lv'] as const)(
    'put every kind of alert into a sentence that starts with the mode (%s)',
    (language) => {
      const detail = {
        state: 'missing',
        owned: '3.5',
        booked: '10',
        asset: 'PEPE',
        words: 'expires soon',
        message: 'feedback: model.json was altered',
        stop: '1.01',
        why: 'UNIQUE constraint failed',
        price: '1.02',
        reason: 'insufficient_funds: Oversold',
      };
      const kinds = [
        ...['stop_raised', 'order_unknown', 'coins_gone', 'coins_without_position', 'api_key', 'no_price'],
        'model_unusable',
        'order_not_booked',
      ];
      for (const kind of [...kinds, 'something_new']) {
        const text = textIn(language)(
          [anAlert({ kind, detail, mode: kind === 'api_key' ? 'live' : null })],
          'single',
          NOON,
        );
        expect(text).toMatch(/^LIVE 🚨 \S/);
        expect(text).not.toMatch(/[{}]|undefined|NaN/);
      }
    },
  );

  it.each([
    ['held_market', { state: 'delisted' }, 'no longer listed'],
    ['universe_collapsed', { state: 'collapsed', before: 900 }, 'than before (900)'],
    ['account_stop_live', { code: 'max_drawdown' }, 'for a while'],
    ['account_stop_live', { code: 'none' }, 'is over'],
    ['market_refuses_orders', { state: 'over' }, 'takes orders again'],
  ])('say what it is about: %s %o', (kind, detail, words) => {
    expect(textIn('en')([anAlert({ kind, detail })], 'single', NOON)).toContain(words);
  });

  it('name the market’s mood in the language of the owner', () => {
    const calm = anAlert({ kind: 'regime', rank: 'notice', detail: { regime: 'bullish' } });
    expect(textIn('lv')([calm], 'single', NOON)).toContain('tirgus ir augošs');
  });

  it.each([
    ['account_stop_live', { code: 'daily_loss_limit' }, 'dienas zaudējumu robeža'],
    ['exit_refused', { reason: 'insufficient_funds: Oversold (3 free)' }, 'nepietiek naudas: Oversold (3 free)'],
    ['exit_refused', { reason: 'MEXC says: come back' }, 'MEXC says: come back'],
    ['clock', { words: 'x', state: 'behind', seconds: '2.5' }, 'par 2.5 s atpaliek'],
  ])('tell in Latvian what is known by a code: %s %o', (kind, detail, words) => {
    expect(textIn('lv')([anAlert({ kind, detail })], 'single', NOON)).toContain(words);
  });

  const policy = { allowWithdrawKey: false, createdAt: NOON - 90 * 86_400_000 };
  const may = { state: 'working', canDeposit: true, permissions: ['SPOT'] } as const;
  const aged = (days: number) => ({ allowWithdrawKey: true, createdAt: NOON - days * 86_400_000 });
  it.each([
    ...(['invalid', 'signature', 'ip_not_listed', 'no_permission', 'account'] as const).map((fault) => ({
      verdict: keyVerdict({ state: 'refused', fault, detail: '{"code":10072}' }, policy, NOON),
    })),
    { verdict: keyVerdict({ ...may, canTrade: false, canWithdraw: false }, policy, NOON) },
    { verdict: keyVerdict({ ...may, canTrade: true, canWithdraw: true }, policy, NOON) },
    ...[85, 89, 95].map((days) => ({
      verdict: keyVerdict({ ...may, canTrade: true, canWithdraw: true }, aged(days), NOON),
    })),
  ])('tell in Latvian what is wrong with the API key: $verdict', ({ verdict }) => {
    const said = verdict.entries === 'stopped' ? verdict.reason : verdict.warning!;
    const words = keyText(`${KEY_SENTENCES.order_refused} ${said} ${KEY_SENTENCES.resume}`, WORDS.lv);
    expect(words).not.toMatch(/\b(the|is|it|key|of|days|buys)\b/i);
    if (said.includes('10072')) expect(words).toContain('{"code":10072}');
    for (const days of said.match(/\b\d{2}\b/g) ?? []) expect(words).toContain(days);
    expect(keyText(said, WORDS.en)).toBe(said);
  });

  it('cannot be blown up by what they are about', () => {
    const detail = { process: 'scanner', state: 'failing', failures: 5, error: '<b>&'.repeat(500) };
    const text = textIn('en')([anAlert({ kind: 'worker_failing', detail })], 'single', NOON);
    expect(text).toContain('&lt;b&gt;&amp;');
    expect(text.length).toBeLessThan(3_000);
    const many = Array.from({ length: 24 }, (_, id) => anAlert({ id, kind: 'worker_failing', detail }));
    const shown = textIn('lv')(many, 'lines', NOON).replace(/&\w+;/g, '_');
    expect(shown.length).toBeLessThan(4_096);
  });
});

describe('alerts told together', () => {
  const alerts = [
    anAlert({ kind: 'worker_silent', detail: { state: 'silent', process: 'scanner', seconds: 300 } }),
    anAlert({ kind: 'no_price', market: 'AUSDT', detail: { state: 'missing' } }),
    anAlert({ kind: 'no_price', market: 'BUSDT', detail: { state: 'missing' } }),
    anAlert({ kind: 'api_key', detail: { words: 'is refused' } }),
  ];
  it('are counted by what they say, without what differs', () => {
    const lines = textIn('en')(alerts, 'counts', NOON).split('\n');
    expect(lines.slice(1)).toEqual([
      '• 1 × 🚨 scanner gives no sign of life for 300 s',
      '• 2 × no price for a position: its stop cannot be judged (A, B)',
      '• 1 × 🚨 API key: is refused',
    ]);
  });
  it('say when the first of them happened if that is long ago', () => {
    const text = textIn('lv')(alerts, 'lines', NOON + 3_600_000);
    expect(text).toContain('• 12:00 TEST 🚨 <b>A</b>: pozīcijai nav cenas');
    expect(text).toContain('notika 12:00, ziņots ar 1 h kavēšanos');
  });
});

describe('the card of a trade', () => {
  it('shows both confidences against what they had to reach', () => {
    const card = createCardText({
      language: 'lv',
      time,
      answersOf: () => [
        { model: 'global', confidence: 0.91, minimum: 0.8 },
        { model: 'own', confidence: 0.79, minimum: 0.8 },
      ],
    });
    const text = card(anOpenPosition());
    expect(text).toContain('AI: kopējais 0.91 ≥ 0.80 ✓ · savs 0.79 &lt; 0.80 ✗');
    expect(text).toContain('ieeja 1 · stops 0.975 (−2.50 %) · risks 0.250 USDT');
  });

  it('names the strategy in the language of the owner', () => {
    const said = (language: 'en' | 'lv') =>
      createCardText({ language, time, answersOf: () => [] })(anOpenPosition({ strategy: 'momentum_safe' }));
    expect([said('en'), said('lv')]).toEqual([
      expect.stringContaining('· momentum'),
      expect.stringContaining('· impulss'),
    ]);
    expect(said('en')).not.toContain('_');
  });

  it('is the same text as long as nothing changes', () => {
    const card = createCardText({ language: 'en', time, answersOf: () => [] });
    expect(card(anOpenPosition({ peak: new Decimal(2) }))).toBe(card(anOpenPosition()));
    expect(card(anOpenPosition())).toContain('no model asked · confidence 0.80');
  });
});

it('plain text has no markup, and is cut between characters', () => {
  expect(plain({ html: '<b>A</b> &lt; <i>B</i>' }).html).toBe('A &lt; B');
  const long = plain({ html: `${'&amp;'.repeat(5_000)}` }).html;
  expect(long).toBe(`${'&amp;'.repeat(4_095)}…`);
});

describe('the owner’s clock', () => {
  it.each([
    ['2026-03-29T12:00Z', '2026-03-28T22:00Z'], // the clocks went forward this night
    ['2026-10-25T12:00Z', '2026-10-24T21:00Z'], // and back
    ['2026-11-22T21:59Z', '2026-11-21T22:00Z'],
    ['2026-11-22T22:00Z', '2026-11-22T22:00Z'],
  ])('at %s, the day began at %s', (at, start) => {
    expect(new Date(time.dayStart(Date.parse(at))).toISOString()).toBe(new Date(start).toISOString());
  });

  it('reads as a clock and as a date', () => {
    expect(time.stamp(NOON)).toBe('22.11. 12:00');
    expect(time.clock(Date.parse('2026-07-01T21:30Z'))).toBe('00:30');
    expect(time.dayOf(Date.parse('2026-07-01T21:30Z'))).toBe('2026-07-02');
    expect(time.minuteOfDay(Date.parse('2026-10-25T00:30Z'))).toBe(210); // before the clocks go back
    expect(time.minuteOfDay(Date.parse('2026-10-25T01:30Z'))).toBe(210); // and after
  });

  it('knows spans over midnight', () => {
    const night = (minute: number) => isWithin(minute, 23 * 60, 7 * 60);
    expect([22 * 60, 23 * 60, 0, 419, 420].map(night)).toEqual([false, true, true, true, false]);
  });
});
