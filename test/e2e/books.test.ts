import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Kill, runChaos } from '../chaos/chaos.ts';
import { RECORDED_MEXC } from '../support/market-data.ts';

const KILLS = 5;

/** Each of the three dies at least once with these; `npm run chaos` does the same many times. */
const SEED = 3;

function expectAgreement(kills: readonly Kill[]): void {
  expect(kills.flatMap(({ differences }) => differences)).toEqual([]);
  expect(new Set(kills.map(({ victim }) => victim)).size).toBe(3);
  expect(kills.at(-1)?.trades).toBeGreaterThan(0);
}

it(
  'books agree with the exchange to the last step after each kill of tracker, scanner or exchange: synthetic market',
  {
    timeout: 300_000,
  },
  async () => expectAgreement(await runChaos({ kills: KILLS, seed: SEED, dataFolder: null })),
);

it.skipIf(!existsSync(RECORDED_MEXC))(
  'books agree after each kill: recorded candles of MEXC',
  { timeout: 300_000 },
  async () => expectAgreement(await runChaos({ kills: KILLS, seed: SEED, dataFolder: RECORDED_MEXC })),
);
