import { type Clock, DAY_MS, type Mode } from '@mexc-bot/core';
import type { Settings } from '@mexc-bot/runtime';
import type { Store, StoredAlert } from '@mexc-bot/store';
import { quoteText, signedQuote, tokenOf } from '../cards/format.ts';
import { codeText, isAlarmKind, type Language, WORDS } from '../cards/words.ts';
import { type LocalTime, minutesOf } from './local-time.ts';

export interface DigestDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly time: LocalTime;
  readonly at: Settings['telegram']['digest'];
  readonly language: Language;
  readonly mode: () => Mode;
}

export interface Digest {
  /** Writes the digest that is due, once; it is delivered like every alert. */
  check(): void;
  /** The text of one: results of the day it is about, and how things stand when it is told. */
  text(alert: StoredAlert): string;
}

/** A digest that could not be written by then is left out: nobody wants to read good morning at noon. */
const LATEST_MINUTES = 180;

export function createDigest(deps: DigestDeps): Digest {
  const { store, clock, time } = deps;
  const words = WORDS[deps.language];

  return {
    check() {
      const wall = clock.wallNow();
      const minute = time.minuteOfDay(wall);
      for (const part of ['morning', 'evening'] as const) {
        const due = deps.at[part];
        if (due === null || minute < minutesOf(due) || minute >= minutesOf(due) + LATEST_MINUTES) continue;
        const at = { mode: null, at: clock.now(), wallAt: wall, source: 'telegram' } as const;
        store.alerts.addNews({
          ...at,
          rank: 'notice',
          kind: `digest_${part}`,
          detail: { part, day: time.dayOf(wall) },
        });
      }
    },
    text: digestText,
  };

  /** Quiet hours or an outage may hold one back over midnight: it stays that of its day. */
  function digestText({ detail, at, wallAt }: StoredAlert): string {
    const part = detail.part === 'morning' ? 'morning' : 'evening';
    const mode = deps.mode();
    const last = time.dayOf(at);
    const from = part === 'morning' ? time.dayOf(time.dayStart(at) - DAY_MS / 2) : last;
    const days = { zone: time.zone, dayOf: time.dayOf, todayFrom: time.dayStart(clock.now()) };
    const rows = store.dailySummary.of(mode, from, days).filter(({ day }) => day <= last);
    const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
    const closed = sum((row) => row.closed);
    const pnl = sum((row) => row.pnl.toNumber());

    const open = store.positions.open(mode);
    const alarms = [...store.alerts.countSince(wallAt - DAY_MS / 2)].flatMap(([kind, count]) =>
      isAlarmKind(kind) ? [`${words.alarms[kind]} ${count}`] : [],
    );
    const title = part === 'morning' ? words.morning : words.evening;
    const result =
      closed === 0
        ? words.noTrades
        : `${words.trades} ${closed}, ${words.wins} ${sum((row) => row.wins)} (${[...new Set(rows.map((row) => codeText(row.strategy, words)))].join(', ')})`;
    const tokens = open.map(({ market }) => tokenOf(market)).join(', ');
    const cost = open.reduce((total, position) => total + position.cost.toNumber(), 0);
    return [
      `${mode.toUpperCase()} ${part === 'morning' ? '☀️' : '🌙'} <b>${signedQuote(pnl)} USDT</b> · ${title}`,
      result,
      `${words.openPositions}: ${open.length}${open.length === 0 ? '' : ` · ${quoteText(cost)} USDT (${tokens})`}`,
      ...(alarms.length === 0 ? [] : [`🚨 ${words.told}: ${alarms.join(', ')}`]),
      ...(store.state.paused() ? [`⏸ ${words.paused}`] : []),
      ...(store.state.regime()?.regime === 'crash' ? [`📉 ${words.crash}`] : []),
    ].join('\n');
  }
}
