import { randomInt } from 'node:crypto';
import type { Settings } from '@mexc-bot/runtime';
import type { SimulatorOptions } from './simulator.ts';

/** What the settings say about the local exchange; without API keys in `.env` it has no account, only a market. */
export function simulatorOptions({ simulator, secrets }: Pick<Settings, 'simulator' | 'secrets'>): SimulatorOptions {
  const { mexcApiKey, mexcApiSecret } = secrets;
  const balances = { USDT: String(simulator.balanceUsdt) };
  return {
    port: simulator.port,
    speed: simulator.speed,
    seed: simulator.seed,
    tokens: simulator.tokens,
    dataFolder: simulator.dataFolder,
    stateFolder: simulator.stateFolder,
    keepState: simulator.keepState,
    rateLimits: simulator.rateLimits,
    faultPlan: simulator.faultPlan,
    clock: simulator.virtualClock ? 'virtual' : 'wall',
    accounts:
      mexcApiKey === null || mexcApiSecret === null ? [] : [{ apiKey: mexcApiKey, secret: mexcApiSecret, balances }],
    // a market begun anew goes through the same hours: with the same ids a client would take its fills for old ones
    idSeed: randomInt(2 ** 31),
  };
}
