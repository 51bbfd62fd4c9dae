import { exitRow, HOUR_MS, type KeyPolicy, type PositionRules, SECOND_MS, type StopConfig } from '@mexc-bot/core';
import { restUrl, type Settings } from '@mexc-bot/runtime';
import type { AccountOptions } from './accounts.ts';

export function accountOptions(settings: Settings): AccountOptions {
  const { mexcApiKey, mexcApiSecret } = settings.secrets;
  return {
    restUrl: restUrl(settings),
    timeoutMs: settings.exchange.requestTimeoutMs,
    recvWindowMs: settings.exchange.recvWindowMs,
    key: mexcApiKey === null || mexcApiSecret === null ? null : { apiKey: mexcApiKey, apiSecret: mexcApiSecret },
    keyPolicy: keyPolicy(settings),
    quote: settings.universe.quote,
    paper: { balance: settings.paper.balanceUsdt, latencyMs: settings.paper.latencyMs },
  };
}

function keyPolicy(settings: Pick<Settings, 'exchange' | 'security'>): KeyPolicy {
  const { keyCreatedAt } = settings.exchange;
  return {
    allowWithdrawKey: settings.security.allowWithdrawKey,
    createdAt: keyCreatedAt === null ? null : Date.parse(keyCreatedAt),
  };
}

export function positionRules(settings: Settings): PositionRules {
  const { position, execution } = settings;
  return {
    trailFrom: position.trailFrom,
    confirmMs: position.confirmSeconds * SECOND_MS,
    peakDrop: position.peakDrop,
    maxExitSlippage: execution.maxExitSlippage,
    breakEvenAfterFirstLevel: position.breakEvenAfterFirstLevel,
    timeStopMs: position.timeStopHours === null ? null : position.timeStopHours * HOUR_MS,
  };
}

export function stopConfig(settings: Settings): StopConfig {
  const { calmFraction, wildFraction, calmFactor, wildFactor } = settings.position.atr;
  return { calmFraction, wildFraction, calmFactor, wildFactor };
}

/** What a token's model learns to tell: where `simple` would first take profit, and its stop; fractions of the entry price. */
export function labelBarriers({ position }: Pick<Settings, 'position'>): {
  readonly target: number;
  readonly stop: number;
} {
  const { takeProfits, stopLoss } = exitRow(position.exits, 'simple', 0);
  return { target: takeProfits[0]! - 1, stop: stopLoss };
}

/** What models take off every return, and the gate off what a trade promises; fractions, a side. */
export const tradeCosts = ({ ai, execution }: Pick<Settings, 'ai' | 'execution'>) => ({
  takerFee: execution.assumedTakerFee,
  slippage: ai.slippage,
});
