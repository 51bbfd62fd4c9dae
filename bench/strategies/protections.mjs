/** What the protections would have kept from being bought, and how often a day would have reached the loss limit. */
import { accountStop, Decimal, STRATEGIES, ZERO } from '@mexc-bot/core';
import { firstTouch } from './replay.mjs';
import { signed, summarise } from './summary.mjs';

const MINUTES = 5;
/** Fees and a little slippage, both ways. */
export const ROUND_TRIP = 0.002;
/** `[stops, within minutes, pause minutes]` */
const GUARDS = [
  [2, 60, 60],
  [3, 60, 60],
  [4, 60, 60],
  [4, 60, 120],
  [4, 120, 120],
  [6, 60, 60],
];
const OFF = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null };

export function printProtections(found, settings, log) {
  const entries = STRATEGIES.flatMap((name) =>
    (found[name]?.entries ?? []).map((entry) => {
      const { touch, candles, result } = firstTouch(entry, name, settings);
      return { ...entry, after6h: result - ROUND_TRIP, stoppedAt: touch === 'stop' ? entry.index + candles : null };
    }),
  );
  const stops = entries.map(({ stoppedAt }) => stoppedAt).filter((at) => at !== null);
  const mean = (rows) => {
    const figures = summarise({ classified: null, entries: rows });
    const bounds = figures.interval?.map((bound) => signed(bound)).join(' … ');
    return `${rows.length} | ${rows.length === 0 ? '—' : `${signed(figures.mean)}${bounds === undefined ? '' : ` (${bounds})`}`}`;
  };

  log(
    '\nThe stop-loss guard: entries sold at the first level or the stop, whichever comes first, after costs of 0.2 %\n',
  );
  log(
    '| stops, within, pause (minutes) | kept back | their mean | let through | their mean |\n| --- | ---: | ---: | ---: | ---: |',
  );
  for (const [count, within, pause] of GUARDS) {
    const stopGuard = { stops: count, withinMs: within, pauseMs: pause };
    const kept = ({ index }) => {
      const stoppedAt = stops.filter((at) => at <= index).map((at) => at * MINUTES);
      const record = { stoppedAt, realisedToday: ZERO, highWaterMark: null };
      return accountStop(record, new Decimal(1), { ...OFF, stopGuard }, index * MINUTES) !== null;
    };
    const back = new Set(entries.filter(kept));
    log(
      `| ${count}, ${within}, ${pause} | ${mean([...back])} | ${mean(entries.filter((entry) => !back.has(entry)))} |`,
    );
  }

  const { equityFraction } = settings.stake;
  const days = [...Map.groupBy(entries, ({ day }) => day).values()]
    .map((rows) => rows.reduce((sum, { after6h }) => sum + after6h * equityFraction, 0))
    .sort((a, b) => a - b);
  const worst = days.slice(0, 3).map((value) => signed(value, 1));
  const average = days.reduce((sum, value) => sum + value, 0) / days.length;
  log(
    `\nDays at ${equityFraction * 100} % of the equity an entry: mean ${signed(average, 1)}, worst ${worst.join(', ')} of ${days.length}`,
  );
}
