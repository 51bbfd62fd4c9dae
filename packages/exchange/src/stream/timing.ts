import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@mexc-bot/core';
import type { BackOff } from './back-off.ts';

// all in wall ms

/** How often time-outs are looked at. */
export const STEP_MS = 100;
export const OPEN_TIMEOUT_MS = 5 * SECOND_MS;
/** Goodbye said and not answered: the connection is cut. */
export const CLOSE_TIMEOUT_MS = SECOND_MS;
/** MEXC closes a connection after 60 s without traffic. */
export const PING_EVERY_MS = 15 * SECOND_MS;
export const RECONNECT: BackOff = { firstMs: 500, longestMs: 30 * SECOND_MS };
/** A connection that delivered for so long owes nothing to the failures before it. */
export const HEALTHY_AFTER_MS = 30 * SECOND_MS;
/** MEXC closes a connection after 24 h; ours is replaced before, at a moment of its own. */
export const LIFE_MS = 23 * HOUR_MS;
export const LIFE_JITTER_MS = 30 * MINUTE_MS;
/** How long a topic may be silent on a new connection while the old one is kept for it. */
export const OVERLAP_MS = 10 * SECOND_MS;
/** A topic refused, or without a first message, is asked for again. Thin markets are silent for long, so ever more seldom. */
export const ASK_AGAIN: BackOff = { firstMs: 20 * SECOND_MS, longestMs: 10 * MINUTE_MS };
/** MEXC takes 100 messages a second; topics asked for again go one by one, so that one bad name does not spoil the others. */
export const ASKED_AGAIN_PER_STEP = 5;
