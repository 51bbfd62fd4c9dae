import type { Settings } from './load.ts';

type Venue = Pick<Settings, 'venue' | 'exchange' | 'simulator'>;

/** Base URL the suite trades at, without a slash at its end: the exchange's, or the local simulator's. */
export const restUrl = (settings: Venue): string =>
  settings.venue === 'mexc'
    ? settings.exchange.restUrl.replace(/\/+$/, '')
    : `http://127.0.0.1:${settings.simulator.port}`;

/** Where prices are pushed from. */
export const wsUrl = (settings: Venue): string =>
  settings.venue === 'mexc' ? settings.exchange.wsUrl : `ws://127.0.0.1:${settings.simulator.port}/ws`;
