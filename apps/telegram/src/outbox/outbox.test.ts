import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from '@mexc-bot/core';
import { createManualClock, loadSettings, type Settings } from '@mexc-bot/runtime';
import { type AlertRow, openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOpenPosition } from '../../../../test/support/builders.ts';
import { createFakeMessenger, type Fate } from '../../../../test/support/fake-messenger.ts';
import { silentLog } from '../../../../test/support/silent-log.ts';
import { createLocalTime } from '../digest/local-time.ts';
import { zoneByIntl } from '../digest/zone.ts';
import { wireAlerts } from './wire-alerts.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const CHAT = 42;
const NOON = Date.UTC(2026, 10, 22, 10);
type Telegram = Settings['telegram'];

/** A bot whose chats are told from noon on, in Riga. */
function aBot(over: { telegram?: Partial<Telegram>; chats?: number[]; fates?: Fate[]; at?: number } = {}) {
  const clock = createManualClock(over.at ?? NOON);
  const defaults = loadSettings({}, { root: folder });
  const settings = { ...defaults, telegram: { ...defaults.telegram, timeZone: 'Europe/Riga', ...over.telegram } };
  const fates = over.fates ?? [];
  const calls: number[] = [];
  const fake = createFakeMessenger({
    now: clock.wallNow,
    fate: () => {
      calls.push(clock.wallNow());
      return fates.shift() ?? 'arrives';
    },
  });
  const chats = over.chats ?? [CHAT];
  const time = createLocalTime(zoneByIntl(settings.telegram.timeZone));
  const alerts = wireAlerts({
    store,
    messenger: fake.messenger,
    clock,
    log: silentLog,
    settings,
    time,
    chats: () => chats,
  });
  for (const chat of chats) store.outbox.chat(chat);
  const say = (row: Partial<AlertRow> = {}) =>
    store.alerts.add({
      mode: 'test',
      at: clock.now(),
      wallAt: clock.wallNow(),
      source: 'tracker',
      rank: 'notice',
      kind: 'coins_gone',
      detail: {},
      ...row,
    });
  /** Delivers for so long. */
  const pass = async (ms: number) => {
    const stop = new AbortController();
    const running = alerts.run(stop.signal);
    await clock.advance(ms);
    stop.abort();
    await running;
  };
  const texts = (chat = CHAT) => fake.shown.filter((row) => row.chat === chat).map(({ html }) => html);
  return { ...fake, clock, say, pass, texts, calls, fates, reopen: alerts.outbox.reopen };
}

const sale = (positionId: string, pnl: string, over: Partial<AlertRow> = {}): Partial<AlertRow> => ({
  rank: 'money',
  kind: 'level_hit',
  market: `${positionId}USDT`,
  positionId,
  detail: { pnl, price: '1.03', levelsTaken: 1, levels: 3, reason: 'take_profit' },
  ...over,
});

describe('the outbox', () => {
  it('tells money first, then alarms, then notices; of equals the oldest', async () => {
    const { say, pass, texts } = aBot();
    say({ kind: 'order_absent' });
    say({ rank: 'alarm', kind: 'order_unknown' });
    say(sale('A', '1'));
    say(sale('B', '2'));
    await pass(10_000);
    expect(texts().map((text) => text.match(/\+\d\.00|no answer;|never reached/)?.[0])).toEqual([
      '+1.00',
      '+2.00',
      'no answer;',
      'never reached',
    ]);
  });

  it('keeps the order within a trade: a notice before money goes with it', async () => {
    const { say, pass, texts } = aBot({ telegram: { loudness: { ...loud(), stops: 'on' } } });
    say({ rank: 'alarm', kind: 'order_unknown', market: 'XUSDT', positionId: 'X' });
    say({ kind: 'stop_raised', market: 'AUSDT', positionId: 'A', detail: { stop: '1.01' } });
    say(sale('A', '5'));
    await pass(10_000);
    expect(texts().map((text) => text.match(/stop raised|\+5|an order/)?.[0])).toEqual([
      'stop raised',
      '+5',
      'an order',
    ]);
  });

  it('sends one message a second to a person, twenty a minute to a group', async () => {
    const { say, pass, shown } = aBot({ chats: [CHAT, -100] });
    for (let i = 0; i < 5; i++) say(sale(`P${i}`, '1'));
    await pass(30_000);
    const gaps = (chat: number) => {
      const times = shown.filter((row) => row.chat === chat).map(({ at }) => at);
      return times.slice(1).map((at, index) => at - times[index]!);
    };
    expect(gaps(CHAT)).toHaveLength(4);
    expect(Math.min(...gaps(CHAT))).toBeGreaterThanOrEqual(1_000);
    expect(gaps(-100)).toHaveLength(4);
    expect(Math.min(...gaps(-100))).toBeGreaterThanOrEqual(3_000);
  });

  it('is not silent while a clock that was set back catches up', async () => {
    const { say, pass, texts, clock } = aBot();
    say(sale('A', '1'));
    await pass(2_000);
    clock.jump(-3_600_000);
    say(sale('B', '1'));
    await pass(5_000);
    expect(texts()).toHaveLength(2);
  });

  it.each([
    ['was asked to pause', { code: 'rate_limited', retryAfterMs: 30_000 }],
    ['could not send', { code: 'unreachable', message: '502' }],
  ] as const)(
    'that %s is not silent for an hour after the clock was set back, over a restart either',
    async (_, fate) => {
      const { say, pass, texts, clock } = aBot({ fates: [fate] });
      say(sale('A', '1'));
      await pass(500);
      clock.jump(-3_600_000);
      await pass(5_000);
      expect(texts()).toHaveLength(1);

      const before = aBot({ fates: [fate] });
      before.say(sale('B', '1'));
      await before.pass(500);
      expect(before.texts()).toEqual([]);
      const after = aBot({ at: NOON - 3_600_000 });
      await after.pass(5_000);
      expect(after.texts()).toHaveLength(1);
    },
  );

  it('keeps to a pause of hours that Telegram asked for', async () => {
    const { say, pass, texts, calls } = aBot({ fates: [{ code: 'rate_limited', retryAfterMs: 2 * 3_600_000 }] });
    say(sale('A', '1'));
    await pass(3_600_000);
    expect([calls.length, texts().length]).toEqual([1, 0]);
    await pass(3_601_000);
    expect(texts()).toHaveLength(1);
  });

  it('waits as long as Telegram asks, over a restart too', async () => {
    const { say, pass, calls, shown } = aBot({ fates: [{ code: 'rate_limited', retryAfterMs: 30_000 }] });
    say(sale('A', '1'));
    await pass(5_000);
    await pass(20_000);
    expect(calls).toHaveLength(1);
    await pass(10_000);
    expect(shown).toHaveLength(1);
    expect(calls[1]! - calls[0]!).toBeGreaterThanOrEqual(30_000);
  });

  it('tries again while Telegram cannot be reached, less and less often, and says that it is late', async () => {
    const down: Fate = { code: 'unreachable', message: 'no route' };
    const { say, pass, texts, calls } = aBot({ fates: Array.from({ length: 12 }, () => down) });
    say(sale('A', '1'));
    await pass(600_000);
    expect(texts()).toHaveLength(1);
    expect(calls.length).toBe(13);
    expect(texts()[0]).toContain('at 12:00, told');
    expect(texts()[0]).toMatch(/told \d+ min late/);
  });

  it('sends plain what Telegram cannot read, and lets go of what it never takes: the rest goes on', async () => {
    const refuse: Fate = { code: 'refused', message: "can't parse entities" };
    const { say, pass, texts } = aBot({ fates: [refuse, 'arrives', refuse, refuse] });
    say(sale('A', '1'));
    await pass(3_000);
    expect(texts()).toEqual([expect.stringMatching(/^TEST 💰 \+1.00 USDT · A level/)]);
    say(sale('B', '2'));
    say(sale('C', '3'));
    await pass(10_000);
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toContain('+3');
    expect(store.outbox.pending(CHAT)).toEqual([]);
  });

  it('tells a flood of money line by line, and one of notices in counts', async () => {
    const { say, pass, texts } = aBot();
    for (let i = 0; i < 30; i++) say(sale(`P${i}`, String(i + 1)));
    for (let i = 0; i < 40; i++) say({ kind: 'coins_without_position', market: `T${i % 3}USDT`, detail: { owned: i } });
    await pass(60_000);
    const text = texts().join('\n');
    for (let i = 0; i < 30; i++) expect(text.match(new RegExp(`<b>P${i}</b>`, 'g'))).toHaveLength(1);
    expect(texts().length).toBeLessThan(10);
    expect(texts().at(-1)).toContain('• 40 × coins without a position (T0, T1, T2)');
    for (const message of texts()) expect(message.length).toBeLessThan(4_096);
  });

  it('leaves out what is off, makes no sound for what is silent', async () => {
    const loudness = { ...loud(), levels: 'off', orders: 'silent' } as const;
    const { say, pass, shown } = aBot({ telegram: { loudness } });
    say(sale('A', '1'));
    say({ rank: 'alarm', kind: 'order_unknown' });
    say({ rank: 'alarm', kind: 'no_price', detail: { state: 'missing' } });
    await pass(10_000);
    expect(shown.map(({ silent }) => silent)).toEqual([true, false]);
    expect(store.outbox.pending(CHAT)).toEqual([]);
  });

  it('holds notices while it is quiet, never money or alarms', async () => {
    const night = Date.UTC(2026, 10, 22, 23, 30); // 01:30 in Riga
    const { say, pass, texts, clock } = aBot({ at: night, telegram: { digest: { morning: null, evening: null } } });
    say({ kind: 'order_absent' });
    say(sale('A', '1'));
    say({ rank: 'alarm', kind: 'order_unknown' });
    await pass(60_000);
    expect(texts()).toHaveLength(2);
    await clock.advance(4 * 3_600_000);
    await pass(10_000);
    expect(texts()).toHaveLength(2);
    await clock.advance(2 * 3_600_000);
    await pass(10_000);
    expect(texts()).toHaveLength(3);
    expect(texts()[2]).toMatch(/never reached the exchange.*at 01:30/s);
  });

  it('loses nothing to a chat that is closed to it, and tries less and less often, once an hour at least', async () => {
    const { say, pass, texts, calls, fates } = aBot();
    const closed: Fate = { code: 'chat_closed', message: '403: Forbidden: bot was blocked by the user' };
    fates.push(...Array.from({ length: 6 }, () => closed));
    for (const market of ['AUSDT', 'BUSDT', 'CUSDT']) say({ rank: 'alarm', kind: 'exit_refused', market });
    say(sale('A', '1'));
    await pass(4 * 3_600_000);
    const gaps = calls.slice(1).map((at, index) => Math.round((at - calls[index]!) / 60_000));
    expect(gaps).toEqual([10, 20, 40, 60, 60]);
    expect(texts()).toHaveLength(0);
    await pass(3_600_000);
    expect(texts()).toHaveLength(4);
    expect(store.outbox.pending(CHAT)).toEqual([]);
  });

  it('tells a chat at once that was closed to it, when somebody writes from there', async () => {
    const closed: Fate = { code: 'chat_closed', message: '403: Forbidden: bot was kicked' };
    const { say, pass, texts, reopen } = aBot({ fates: [closed] });
    say(sale('A', '1'));
    await pass(70_000);
    expect(texts()).toEqual([]);
    reopen(CHAT);
    await pass(1_000);
    expect(texts()).toHaveLength(1);
  });

  it('tells each chat by itself: one that is unknown to Telegram keeps no other back', async () => {
    const fates: Fate[] = [];
    const { say, pass, texts } = aBot({ chats: [7, CHAT], fates });
    fates.push({ code: 'refused', message: 'blocked' }, 'arrives', { code: 'refused', message: 'blocked' });
    say(sale('A', '1'));
    await pass(10_000);
    expect(texts(CHAT)).toHaveLength(1);
    expect(texts(7)).toHaveLength(0);
  });
});

const loud = (): Telegram['loudness'] => loadSettings({}, { root: folder }).telegram.loudness;

describe('the card of a trade', () => {
  const bought = { rank: 'money', kind: 'bought', market: 'PEPEUSDT', positionId: 'p1' } as const;

  it('is sent at the purchase, edited at each level, and shows the result; money is told anew', async () => {
    const { say, pass, shown, texts } = aBot();
    store.positions.save(anOpenPosition());
    store.positions.setArmed(['p1'], NOON);
    say({ ...bought, detail: { cost: '10' } });
    await pass(5_000);
    expect(texts()[0]).toContain('TEST 🟢 <b>10.0 USDT</b> · <b>PEPE</b> · simple');
    expect(texts()[0]).toContain('risk 0.250 USDT');
    expect(texts()[0]).toContain('▫️ 1.03 (+3.00 %)');

    const half = { quantity: new Decimal(5), proceeds: new Decimal('5.15'), levelsTaken: 1 };
    store.positions.save(anOpenPosition(half));
    say({ ...sale('p1', '0.14'), market: 'PEPEUSDT' });
    await pass(5_000);
    expect(shown).toHaveLength(2);
    expect(texts()[0]).toContain('✅ 1.03');
    expect(texts()[0]).toContain('left 50 %');

    const {
      state: _,
      pendingExit: __,
      ...core
    } = anOpenPosition({ ...half, quantity: new Decimal(0), proceeds: new Decimal('10.4') });
    store.positions.save({
      ...core,
      pendingExit: null,
      state: 'closed',
      closedAt: 3_601_000,
      closeReason: 'trailing_stop',
      dust: new Decimal(0),
    });
    await pass(5_000);
    expect(texts()[0]).toContain('TEST ✅ <b>+0.395 USDT</b> (+3.95 %) · <b>PEPE</b>');
    expect(texts()[0]).toContain('trailing stop · held 1 h');
    expect(shown).toHaveLength(2);
    expect(store.cards.live(CHAT)).toEqual([]);
  });

  it('waits until the tracker guards what was bought, and holds up nothing else', async () => {
    const { say, pass, texts } = aBot();
    store.positions.save(anOpenPosition());
    say({ ...bought, detail: { cost: '10' } });
    say({ kind: 'order_absent', market: 'PEPEUSDT', positionId: 'p1' });
    say(sale('X', '1'));
    await pass(5_000);
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain('+1.00');
    store.positions.setArmed(['p1'], NOON + 5_000);
    await pass(5_000);
    expect(texts()[1]).toContain('TEST 🟢 <b>10.0 USDT</b> · <b>PEPE</b> · simple');
    expect(texts()[1]).not.toContain('nobody guards it');
    expect(texts()[2]).toContain('never reached');
  });

  it('says of a purchase that nobody guards after 10 s that it is so', async () => {
    const { say, pass, texts } = aBot();
    store.positions.save(anOpenPosition());
    say({ ...bought, detail: { cost: '10' } });
    await pass(9_000);
    expect(texts()).toEqual([]);
    await pass(3_000);
    expect(texts()[0]).toContain('TEST 🟢 <b>10.0 USDT</b> · <b>PEPE</b> · simple');
    expect(texts()[0]).toContain('⚠️ <b>PEPE</b>: nobody guards it yet');
  });

  it('says when a purchase is told late, until the card changes', async () => {
    const { say, pass, texts, clock } = aBot();
    store.positions.save(anOpenPosition());
    say({ ...bought, detail: {} });
    await clock.advance(30 * 60_000);
    await pass(5_000);
    expect(texts()[0]).toContain('told 30 min late');
    store.positions.save(anOpenPosition({ quantity: new Decimal(5), levelsTaken: 1 }));
    await pass(5_000);
    expect(texts()).toEqual([expect.not.stringContaining('late')]);
  });

  it('follows a rising stop once a minute, without a message', async () => {
    const { say, pass, shown } = aBot();
    store.positions.save(anOpenPosition());
    say({ ...bought, detail: {} });
    await pass(2_000);
    for (let second = 0; second < 130; second++) {
      store.positions.save(anOpenPosition({ trailingStop: new Decimal(`0.98${String(second).padStart(3, '0')}`) }));
      await pass(1_000);
    }
    expect(shown).toHaveLength(1);
    expect(shown[0]!.edits).toBe(2);
  });

  it('that was deleted comes anew while the trade is open; a trade without one gets one, silently', async () => {
    const { say, pass, shown, remove } = aBot();
    store.positions.save(anOpenPosition());
    await pass(3_000);
    expect(shown).toMatchObject([{ silent: true }]);
    remove(shown[0]!.messageId);
    store.positions.save(anOpenPosition({ quantity: new Decimal(5), levelsTaken: 1 }));
    say(sale('A', '1'));
    await pass(6_000);
    expect(shown.filter(({ html }) => html.includes('PEPE'))).toHaveLength(1);
  });
});

it('the digest comes once, in the morning of the owner, with what was earned', async () => {
  const sevenInRiga = Date.UTC(2026, 10, 23, 5, 50);
  const { pass, texts, clock } = aBot({ at: sevenInRiga });
  const { state: _, ...core } = anOpenPosition({ proceeds: new Decimal(11), fees: new Decimal(0) });
  store.positions.save({
    ...core,
    state: 'closed',
    closedAt: sevenInRiga - 12 * 3_600_000,
    closeReason: 'take_profit',
    dust: new Decimal(0),
  });
  await pass(60_000);
  expect(texts()).toEqual([]);
  await clock.advance(10 * 60_000);
  await pass(60_000);
  await clock.advance(3_600_000);
  await pass(60_000);
  expect(texts()).toEqual([expect.stringContaining('TEST ☀️ <b>+1.00 USDT</b> · Good morning')]);
  expect(texts()[0]).toContain('closed 1, won 1 (simple)');
});

it.each([
  ['en', 'alarms: coins gone 2, silent processes 1'],
  ['lv', 'trauksmes: trūkst monētu 2, klusējoši procesi 1'],
] as const)('the digest counts alarms in words (%s)', async (language, words) => {
  const { say, pass, texts } = aBot({ at: Date.UTC(2026, 10, 23, 6, 0), telegram: { language } });
  for (const market of ['AUSDT', 'BUSDT']) say({ kind: 'coins_gone', market });
  say({ kind: 'worker_silent', detail: { state: 'silent', process: 'scanner' } });
  await pass(10_000);
  expect(texts().find((text) => text.includes('☀️'))).toContain(words);
});

it('a digest that quiet hours hold back over midnight stays that of its day, and is no one of many', async () => {
  const beforeMidnight = Date.UTC(2026, 10, 22, 21, 29);
  const quietHours = { from: '23:00', to: '07:00', notices: 'hold' } as const;
  const { say, pass, texts, clock } = aBot({
    at: beforeMidnight,
    telegram: { digest: { morning: null, evening: '23:30' }, quietHours },
  });
  const { state: _, ...core } = anOpenPosition({ proceeds: new Decimal(35), fees: new Decimal(0) });
  const closed = { state: 'closed', closeReason: 'take_profit', dust: new Decimal(0) } as const;
  store.positions.save({ ...core, ...closed, closedAt: beforeMidnight - 3_600_000 });
  await pass(120_000);
  for (let i = 0; i < 8; i++) say({ kind: 'order_absent', market: `T${i}USDT` });
  await clock.advance(2 * 3_600_000);
  store.positions.save({ ...core, ...closed, id: 'p2', proceeds: new Decimal(1), closedAt: clock.now() });
  await clock.advance(5.5 * 3_600_000);
  await pass(10_000);
  expect(texts()).toHaveLength(2);
  expect(texts()[0]).toContain('TEST 🌙 <b>+25.0 USDT</b> · The day');
  expect(texts()[1]).toContain('8 × an order without an answer never reached the exchange (T0, T1');
});
