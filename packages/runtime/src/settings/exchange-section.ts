import { z } from 'zod';
import { amount, choice, flag, section, text, whole } from './fields.ts';

export const exchangeSection = section('The exchange and how it is reached.', {
  venue: choice(
    ['auto', 'mexc', 'simulator'],
    'auto',
    'Where the suite trades. `auto`: MEXC when an API key is in `.env`, else the simulator.',
  ),
  restUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.mexc.com')
    .describe('Base URL of MEXC’s REST API, without a path. Unencrypted `http://` only to this machine.'),
  wsUrl: z
    .url({ protocol: /^wss?$/ })
    .default('wss://wbs-api.mexc.com/ws')
    .describe('URL of MEXC’s WebSocket. Unencrypted `ws://` only to this machine.'),
  requestTimeoutMs: whole(
    10_000,
    { min: 500, max: 60_000 },
    'A request without an answer for this long has failed, ms.',
  ),
  recvWindowMs: whole(
    10_000,
    { min: 1_000, max: 59_999 },
    'How old a signed request may be when the exchange reads it, ms.',
  ),
  exitReserve: amount(
    0.3,
    { min: 0.1, max: 0.8 },
    'Share of the exchange’s request limits that only sales may use, as a fraction.',
  ),
  keyCreatedAt: z.iso
    .date()
    .nullable()
    .default(null)
    .describe(
      'Day the API key was made: `2026-01-31`. A key without linked IP addresses expires after 90 days, and the suite warns from day 80.',
    ),
});

export const simulatorSection = section('The local exchange that stands in where no real one is configured.', {
  port: whole(8632, { min: 1, max: 65_535 }, 'Port on 127.0.0.1. Environment: `SIM_PORT`.'),
  speed: amount(
    60,
    { min: 1, max: 600 },
    'Market time passes this many times faster than the wall clock. Environment: `SIM_SPEED`.',
  ),
  seed: whole(
    1,
    { min: 0, max: 4_294_967_295 },
    'Seed of the synthetic market: the same seed gives the same market. Environment: `SIM_SEED`.',
  ),
  tokens: whole(300, { min: 1, max: 3_000 }, 'How many tokens the synthetic market has.'),
  dataFolder: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder of recorded candles (CSV, gzip too) to play instead of a synthetic market. Environment: `SIM_DATA`.',
    ),
  balanceUsdt: amount(1_000, { min: 0 }, 'USDT on a fresh simulated account.'),
  stateFolder: text('data/simulator', 'Folder where the simulator keeps its accounts and orders between restarts.'),
  keepState: flag(
    true,
    'Whether a restart finds accounts and orders again; false: each start is a new exchange. Environment: `SIM_KEEP_STATE`.',
  ),
  rateLimits: flag(false, 'Whether MEXC’s request budgets hold (429, then 418), counted in market time.'),
  faultPlan: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('JSON file that says what goes wrong and when: `docs/simulator.md`. Environment: `SIM_FAULTS`.'),
  virtualClock: flag(false, 'Whether market time stands still until `POST /sim/clock` moves it.'),
});

export const pricesSection = section('How the tracker follows prices.', {
  pollMs: whole(
    1_000,
    { min: 100, max: 60_000 },
    'Open positions are gone through this often, market ms; pushed prices are judged at once.',
  ),
  stream: flag(true, 'Have prices pushed over the WebSocket; without it they are read by REST.'),
  staleAfterMs: whole(
    5_000,
    { min: 500, max: 600_000 },
    'A connection that pushes nothing for this long is replaced, wall ms. A market quiet for 1,500 ms, or this long if that is less, is read by REST meanwhile.',
  ),
});

export const paperSection = section('The paper account of test mode.', {
  balanceUsdt: amount(1_000, { min: 1 }, 'USDT on a fresh paper account.'),
  latencyMs: whole(150, { min: 0, max: 10_000 }, 'How long a paper order takes to reach the book, market ms.'),
});
