import type { ExchangeSymbol } from '@mexc-bot/core';

export type TopicKind = 'quotes' | 'deals';

/** One thing to subscribe to; MEXC names it by its channel and counts it against the limit of a connection. */
export interface Topic {
  readonly channel: string;
  readonly market: ExchangeSymbol;
  readonly kind: TopicKind;
}

const STREAM: Readonly<Record<TopicKind, string>> = {
  quotes: 'spot@public.aggre.bookTicker.v3.api.pb@100ms@',
  deals: 'spot@public.aggre.deals.v3.api.pb@100ms@',
};

/** What one market takes. */
export const topicsOf = (market: ExchangeSymbol): readonly Topic[] =>
  (['quotes', 'deals'] as const).map((kind) => ({ channel: STREAM[kind] + market, market, kind }));
export const TOPICS_PER_MARKET = 2;

export const subscribeText = (channels: readonly string[]): string =>
  JSON.stringify({ method: 'SUBSCRIPTION', params: channels });
export const unsubscribeText = (channels: readonly string[]): string =>
  JSON.stringify({ method: 'UNSUBSCRIPTION', params: channels });
export const PING_TEXT = JSON.stringify({ method: 'PING' });

/** A subscription that was refused: `channels` is null where the answer names none. */
export interface Refusal {
  readonly channels: readonly string[] | null;
  readonly reason: string;
}

/**
 * A refusal is an ordinary acknowledgement with code 0 whose text begins `Not Subscribed successfully! [<channel>].  Reason： Blocked! `
 * (with a full-width colon).
 *
 * @returns null for every other answer: a subscription that worked, a pong
 */
export function readRefusal(answer: string): Refusal | null {
  const { code, message } = readAnswer(answer);
  const refused = [...message.matchAll(/not subscribed[^[]*\[([^\]]*)\]/gi)].flatMap(([, list]) => namedIn(list ?? ''));
  const failed = code !== 0 && message !== 'PONG';
  if (refused.length === 0 && !failed && !/not subscribed|blocked/i.test(message)) return null;

  const channels = refused.length > 0 ? refused : namedIn(message);
  const reason = /reason\s*[：:]\s*([^[]*)/i.exec(message)?.[1] ?? message;
  return { channels: channels.length > 0 ? channels : null, reason: reason.trim().slice(0, 200) };
}

const namedIn = (text: string): string[] => text.match(/spot@[^\s,\]]+/g) ?? [];

function readAnswer(answer: string): { readonly code: number; readonly message: string } {
  try {
    const { code, msg } = JSON.parse(answer) as { code?: unknown; msg?: unknown };
    return { code: typeof code === 'number' ? code : 0, message: typeof msg === 'string' ? msg : answer };
  } catch {
    return { code: 0, message: answer }; // plain text: its words are looked at all the same
  }
}
