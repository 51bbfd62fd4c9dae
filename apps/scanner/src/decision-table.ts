import Table from 'cli-table3';
import type { ScanResult } from './scan.ts';

const percent = (value: number | null | undefined): string => (value == null ? '–' : `${(value * 100).toFixed(1)} %`);
const number = (value: number | null | undefined): string => (value == null ? '–' : value.toPrecision(3));

/** What one scan decided, for a person: a line a token, then where the rest of the market went. */
export function decisionTable({ scan, decisions }: ScanResult): string {
  const table = new Table({
    head: ['market', '24 h', 'volume', 'gain', 'vol ×', 'ATR', 'strategy', 'conf.', 'decision'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left', 'right', 'left'],
  });
  for (const row of decisions) {
    const { change24h, quoteVolume24h, gain, volumeRatio, atrFraction } = row.measures;
    table.push([
      row.market,
      percent(change24h),
      quoteVolume24h == null ? '–' : Math.round(quoteVolume24h).toLocaleString('en'),
      percent(gain),
      number(volumeRatio),
      percent(atrFraction),
      row.strategy ?? '–',
      row.confidence === null ? '–' : row.confidence.toFixed(2),
      row.decision === 'bought' ? 'BOUGHT' : row.reason,
    ]);
  }
  const funnel = Object.entries(scan.funnel)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
  return [
    `${scan.mode.toUpperCase()} scan of ${scan.seen} markets at ${new Date(scan.at).toISOString()} in ${scan.durationMs} ms, ` +
      `${scan.regime} market, candles of ${scan.covered} up to date: ${scan.hype} hype, ${scan.classified} classified, ${scan.bought} bought`,
    decisions.length === 0 ? 'No token passed the hype filters.' : table.toString(),
    `funnel: ${funnel}`,
  ].join('\n');
}
