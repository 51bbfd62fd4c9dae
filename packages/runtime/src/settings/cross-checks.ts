import { faultsInExitTable } from '@mexc-bot/core';
import type { FieldPath } from './describe-field.ts';
import type { SettingsValues } from './schema.ts';

/** A rule between settings that is broken. */
export interface CrossFault {
  readonly path: FieldPath;
  readonly problem: string;
  /** the other settings it depends on */
  readonly involves: readonly string[];
}

/** `[smaller, larger, equal values allowed]` */
const ORDERED: readonly (readonly [string, string, 'or equal' | 'strictly'])[] = [
  ['strategy.minGain', 'strategy.aggressiveGain', 'strictly'],
  ['strategy.momentumSafe.minVolumeRatio', 'strategy.momentumSafe.maxVolumeRatio', 'strictly'],
  ['hype.minChange24h', 'hype.maxChange24h', 'strictly'],
  ['regime.crash.change4h', 'regime.bearish.change4h', 'or equal'],
  ['regime.crash.change24h', 'regime.bearish.change24h', 'or equal'],
  ['regime.bearish.change24h', 'regime.bullish.change24h', 'strictly'],
  ['regime.bearish.breadth', 'regime.bullish.breadth', 'strictly'],
  ['stake.test.min', 'stake.test.max', 'or equal'],
  ['stake.live.min', 'stake.live.max', 'or equal'],
  ['position.atr.calmFraction', 'position.atr.wildFraction', 'strictly'],
  ['position.atr.calmFactor', 'position.atr.wildFactor', 'or equal'],
  ...(['1m', '5m', '15m', '1h', '4h'] as const).map(
    (timeframe) => [`collect.days.${timeframe}`, `collect.keepDays.${timeframe}`, 'or equal'] as const,
  ),
  ['execution.settleAfterMs', 'execution.absentAfterMs', 'or equal'],
];

/** An order may wait for the request budget, and be sent once more after a clock correction, this long after it was decided. */
const LATEST_SEND_MS = 7_000;

const numberAt = (settings: SettingsValues, path: string): number =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings) as number;

export function crossFaults(settings: SettingsValues): CrossFault[] {
  const faults: CrossFault[] = [];
  for (const [small, large, relation] of ORDERED) {
    const [low, high] = [numberAt(settings, small), numberAt(settings, large)];
    if (low < high || (relation === 'or equal' && low === high)) continue;
    const word = relation === 'strictly' ? 'above' : 'at least';
    faults.push({ path: large.split('.'), problem: `must be ${word} \`${small}\` (${low})`, involves: [small] });
  }

  for (const mood of ['bearish', 'bullish'] as const) {
    const { minGain, aggressiveGain } = settings.regime.adjust[mood];
    if (settings.strategy.minGain * minGain < settings.strategy.aggressiveGain * aggressiveGain) continue;
    faults.push({
      path: ['regime', 'adjust', mood, 'aggressiveGain'],
      problem: '× `strategy.aggressiveGain` must be above `strategy.minGain` × its factor',
      involves: [`regime.adjust.${mood}.minGain`, 'strategy.minGain', 'strategy.aggressiveGain'],
    });
  }

  const { requestTimeoutMs, recvWindowMs } = settings.exchange;
  const mayStillArrive = LATEST_SEND_MS + requestTimeoutMs + recvWindowMs;
  if (settings.execution.absentAfterMs < mayStillArrive) {
    faults.push({
      path: ['execution', 'absentAfterMs'],
      problem: `must be at least ${mayStillArrive}: until then an unanswered order may still reach the exchange`,
      involves: ['exchange.requestTimeoutMs', 'exchange.recvWindowMs'],
    });
  }

  const { from, to } = settings.telegram.quietHours;
  if ((from === null) !== (to === null)) {
    const [missing, given] = from === null ? ['from', 'to'] : ['to', 'from'];
    faults.push({
      path: ['telegram', 'quietHours', missing!],
      problem: `must be a time of day, or \`telegram.quietHours.${given}\` null too: quiet hours need both`,
      involves: [`telegram.quietHours.${given}`],
    });
  }

  faults.push(...faultsInUrls(settings.exchange), ...faultsInStops(settings));
  for (const { path, allowed } of faultsInExitTable(settings.position.exits, settings.execution.assumedTakerFee)) {
    faults.push({
      path: ['position', 'exits', ...path],
      problem: `must be ${allowed}`,
      involves: ['execution.assumedTakerFee'],
    });
  }
  return faults;
}

const ON_THIS_MACHINE: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

function faultsInUrls({ restUrl, wsUrl }: SettingsValues['exchange']): CrossFault[] {
  const faults: CrossFault[] = [];
  const say = (key: string, problem: string): void =>
    void faults.push({ path: ['exchange', key], problem, involves: [] });
  const [rest, ws] = [new URL(restUrl), new URL(wsUrl)];
  const isOpen = ({ protocol, hostname }: URL): boolean =>
    ['http:', 'ws:'].includes(protocol) && !ON_THIS_MACHINE.includes(hostname);

  if (isOpen(rest)) say('restUrl', 'must be https:// (http:// only to this machine): requests carry the API key');
  if (rest.pathname.replaceAll('/', '') !== '' || rest.search !== '' || rest.hash !== '')
    say('restUrl', `must be ${rest.origin} alone: the suite adds the path of each request itself`);
  if (isOpen(ws))
    say('wsUrl', 'must be wss:// (ws:// only to this machine): whoever changes prices on the way sells for you');
  return faults;
}

/** A loss of half the stake is no stop any more. */
const WIDEST_STOP = 0.5;

/** Each factor on a stop has its range; what they multiply to needs one too. */
function faultsInStops({ position: { atr, exits }, regime: { adjust } }: SettingsValues): CrossFault[] {
  const widestRow = Math.max(...Object.values(exits).flatMap((rows) => rows.map(({ stopLoss }) => stopLoss)));
  const wildest = widestRow * Math.max(atr.wildFactor, 1); // 1: where the volatility is unknown
  const tooWide = (distance: number): string =>
    `lets a stop be ${Number((distance * 100).toPrecision(3))} % under the price: the widest \`stopLoss\` (${widestRow}) × \`position.atr.wildFactor\` (${atr.wildFactor}) × the regime’s \`stop\` must stay under ${WIDEST_STOP}`;

  if (wildest >= WIDEST_STOP)
    return [{ path: ['position', 'atr', 'wildFactor'], problem: tooWide(wildest), involves: ['position.exits'] }];
  return (['bearish', 'bullish'] as const)
    .filter((mood) => wildest * adjust[mood].stop >= WIDEST_STOP)
    .map((mood) => ({
      path: ['regime', 'adjust', mood, 'stop'],
      problem: tooWide(wildest * adjust[mood].stop),
      involves: ['position.exits', 'position.atr.wildFactor'],
    }));
}
