/** What a client asks over its connection. */
export type ClientRequest =
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly id: number; readonly channels: readonly string[] };

/** Reads a client's text; the method counts in either case. @returns null for anything that is no request */
export function parseRequest(text: string): ClientRequest | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof content !== 'object' || content === null) return null;
  const { method, params, id: given } = content as { method?: unknown; params?: unknown; id?: unknown };
  if (typeof method !== 'string') return null;
  const id = Number.isSafeInteger(given) ? (given as number) : 0;

  const word = method.toUpperCase();
  if (word === 'PING') return { kind: 'ping', id };
  if (word !== 'SUBSCRIPTION' && word !== 'UNSUBSCRIPTION') return null;
  if (!Array.isArray(params) || params.length === 0 || !params.every((name) => typeof name === 'string')) return null;
  return { kind: word === 'SUBSCRIPTION' ? 'subscribe' : 'unsubscribe', id, channels: params };
}

/** Why a subscription is refused. The first is MEXC's own word; how it words the others is not known. */
export const REASON = {
  blocked: 'Blocked',
  tooMany: 'Exceeded the limit of 30 subscriptions',
  unknownSymbol: 'Invalid symbol',
  noListenKey: 'Listen key required',
} as const;
export type Reason = (typeof REASON)[keyof typeof REASON];

/** Answers are acks with code 0, refusals too. */
export const ack = (id: number, msg: string): string => JSON.stringify({ id, code: 0, msg });
export const PONG = 'PONG';
/** How MEXC words an unreadable request is not known. */
export const UNREADABLE = 'Invalid request';
export const refusalText = (channels: readonly string[], reason: Reason): string =>
  `Not Subscribed successfully! [${channels.join(',')}].  Reason： ${reason}! `;
export const INVALID_LISTEN_KEY = 'Invalid listen key';
