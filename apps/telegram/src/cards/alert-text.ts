import { type ExitReason, HOUR_MS, MINUTE_MS, type Mode, type Regime } from '@mexc-bot/core';
import type { StoredAlert } from '@mexc-bot/store';
import type { LocalTime } from '../digest/local-time.ts';
import { escaped, priceText, quoteText, signedPercent, signedQuote, tokenOf } from './format.ts';
import { codeText, durationText, fill, keyText, type Language, WORDS, type Words } from './words.ts';

export interface AlertTextDeps {
  readonly language: Language;
  readonly time: LocalTime;
  /** the mode of what has none of its own */
  readonly mode: () => Mode;
  readonly digest: (alert: StoredAlert) => string;
}

/** From so long on a message says that it is late, wall ms. */
const LATE_MS = 2 * MINUTE_MS;

/** Markets that are named where many alerts are counted. */
const MOST_MARKETS = 12;

/** A token name, an error: nothing of it may blow a message up, alone or among others. */
const LONGEST_VALUE = { alone: 300, inLine: 60 } as const;

/** Puts alerts into words: one in a message of its own, many as lines of one, or counted by kind. HTML. */
export function createAlertText(deps: AlertTextDeps) {
  const { time } = deps;
  const words = WORDS[deps.language];

  return { text, lateness, unguarded };

  function text(alerts: readonly StoredAlert[], form: 'single' | 'lines' | 'counts', wallAt: number): string {
    const first = alerts[0];
    if (first === undefined) return '';
    if (form === 'single') return `${headed(first, LONGEST_VALUE.alone)}${lateness(first, wallAt)}`;
    if (form === 'lines') {
      const lines = alerts.map((alert) => `• ${time.clock(alert.wallAt)} ${headed(alert, LONGEST_VALUE.inLine)}`);
      return together(alerts, lines) + lateness(first, wallAt);
    }
    const kinds = [...Map.groupBy(alerts, (alert) => textKey(alert))];
    const lines = kinds.map(([key, rows]) => `• ${rows.length} × ${counted(key, rows)}`);
    return together(alerts, lines) + lateness(first, wallAt);
  }

  function together(alerts: readonly StoredAlert[], lines: readonly string[]): string {
    const modes = [...new Set(alerts.map(modeText))].sort().join(', ');
    return [`${modes} <b>${words.many}</b> (${alerts.length})`, ...lines].join('\n');
  }

  function headed(alert: StoredAlert, longest: number): string {
    return alert.kind.startsWith('digest_') ? deps.digest(alert) : `${modeText(alert)} ${sentence(alert, longest)}`;
  }

  function modeText({ mode }: StoredAlert): string {
    return (mode ?? deps.mode()).toUpperCase();
  }

  /** A note under a message that is told long after it happened; nothing under others. */
  function lateness(alert: StoredAlert, wallAt: number): string {
    const late = wallAt - alert.wallAt;
    if (late < LATE_MS) return '';
    const values = {
      time: late < HOUR_MS * 12 ? time.clock(alert.wallAt) : time.stamp(alert.wallAt),
      ago: durationText(late, words),
    };
    return `\n<i>⏱ ${fill(words.late, values)}</i>`;
  }

  function unguarded(alerts: readonly StoredAlert[]): string {
    const tokens = alerts.map(({ market }) => escaped(tokenOf(market ?? ''))).join(', ');
    return `⚠️ <b>${tokens}</b>: ${words.unguarded}`;
  }

  /** What they say, without what differs between them, and the markets concerned; a single one in full. */
  function counted(key: string, rows: readonly StoredAlert[]): string {
    const template = words.alerts[key] ?? escaped(key.replaceAll('_', ' '));
    const text = template.replace(/[:(,;]?[^:(,;]*\{.*$/, '').trim();
    if (rows.length === 1) return sentence(rows[0]!, LONGEST_VALUE.inLine);
    if (text === '') return sentence(namingAll(template, rows), LONGEST_VALUE.inLine * MOST_MARKETS);
    const markets = [...new Set(rows.flatMap(({ market }) => (market === undefined ? [] : [tokenOf(market)])))];
    if (markets.length === 0) return text;
    const shown = escaped(markets.slice(0, MOST_MARKETS).join(', '));
    return `${text} (${shown}${markets.length > MOST_MARKETS ? ', …' : ''})`;
  }

  /** The last of them, where a sentence begins with what differs: with all that differs in its place. */
  function namingAll(template: string, rows: readonly StoredAlert[]): StoredAlert {
    const last = rows.at(-1)!;
    const name = /^\{(\w+)\}/.exec(template)?.[1];
    if (name === undefined) return last;
    const named = [...new Set(rows.map(({ detail }) => String(detail[name])))];
    const shown = named.slice(0, MOST_MARKETS).map((value) => value.slice(0, LONGEST_VALUE.inLine));
    const more = named.length > MOST_MARKETS ? ', …' : '';
    return { ...last, detail: { ...last.detail, [name]: `${shown.join(', ')}${more}` } };
  }

  function textKey({ kind, detail }: StoredAlert): string {
    const state = detail.state ?? detail.regime ?? detail.code;
    const withState = `${kind} ${String(state)}`;
    return words.alerts[withState] === undefined ? kind : withState;
  }

  function inWords(detail: StoredAlert['detail']): StoredAlert['detail'] {
    const said = (name: string, text: (value: string) => string) =>
      typeof detail[name] === 'string' ? { [name]: text(detail[name]) } : {};
    return {
      ...detail,
      ...said('reason', (value) => codeText(value, words)),
      ...said('code', (value) => codeText(value, words)),
      ...said('words', (value) => keyText(value, words)),
    };
  }

  function sentence(alert: StoredAlert, longest: number): string {
    const { kind, detail, market } = alert;
    const trade = tradeSentence(alert, words);
    if (trade !== null) return trade;
    const icon = alert.rank === 'alarm' ? '🚨' : alert.rank === 'money' ? '💰' : 'ℹ️';
    const token = market === undefined ? '' : `<b>${escaped(tokenOf(market))}</b>: `;
    const text = fill(words.alerts[textKey(alert)] ?? escaped(kind.replaceAll('_', ' ')), {
      ...safe(inWords(detail), longest),
      regime: words.regimes[detail.regime as Regime],
    });
    return `${icon} ${token}${text}`;
  }
}

/** What happened to a trade, the money first; null: it is about something else. */
function tradeSentence({ kind, detail, market }: StoredAlert, words: Words): string | null {
  const token = `<b>${escaped(tokenOf(market ?? ''))}</b>`;
  const price = (name: string): string => priceText(Number(detail[name]), 4);
  const reason = words.reasons[detail.reason as ExitReason] ?? escaped(String(detail.reason));
  switch (kind) {
    case 'bought':
      return `🟢 <b>${quoteText(String(detail.cost))} USDT</b> · ${token} ${words.bought} @ ${price('price')} · ${words.stop} ${price('stop')} · ${words.risk} ${quoteText(String(detail.risk))} USDT`;
    case 'level_hit':
    case 'sold': {
      const what =
        kind === 'sold' ? reason : fill(words.levelHit, { level: detail.levelsTaken, levels: detail.levels });
      return `💰 <b>${signedQuote(String(detail.pnl))} USDT</b> · ${token} ${what} @ ${price('price')}`;
    }
    case 'closed':
      return `${Number(detail.pnl) > 0 ? '✅' : '❌'} <b>${signedQuote(String(detail.pnl))} USDT</b> (${signedPercent(Number(detail.return))}) · ${token} ${words.closed}: ${reason} · ${words.held} ${durationText(Number(detail.heldMs), words)}`;
    default:
      return null;
  }
}

const safe = (detail: StoredAlert['detail'], longest: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries(detail).map(([name, value]) => {
      const isFigure = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
      const text = isFigure ? priceText(Number(value), 5) : String(value);
      return [name, escaped(text.slice(0, longest))];
    }),
  );
