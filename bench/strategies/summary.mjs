/** Figures of a group of entries, and tables of them. */

const RESAMPLES = 2_000;
/** An interval from fewer days says nothing. */
const MIN_DAYS = 8;

export function summarise(group = { classified: 0, entries: [] }) {
  const { classified, entries } = group;
  const returns = entries.map(({ after6h }) => after6h).sort((a, b) => a - b);
  const n = returns.length;
  const share = (test) => entries.filter(test).length / n;
  return {
    classified,
    entries: n,
    tokens: new Set(entries.map(({ market }) => market)).size,
    days: new Set(entries.map(({ day }) => day)).size,
    median: n === 0 ? Number.NaN : (returns[Math.floor((n - 1) / 2)] + returns[Math.ceil((n - 1) / 2)]) / 2,
    mean: returns.reduce((sum, value) => sum + value, 0) / n,
    interval: meanInterval(entries),
    halves: halves(entries),
    up: share(({ after6h }) => after6h >= 0.05),
    down: share(({ after6h }) => after6h <= -0.05),
    touched: share(({ best }) => best >= 0.05),
  };
}

/** Mean return in the first and in the second half of the recording: what holds in one of them only is chance. */
function halves(entries) {
  return [true, false].map((first) => {
    const rows = entries.filter((entry) => entry.firstHalf === first);
    return rows.reduce((sum, { after6h }) => sum + after6h, 0) / rows.length;
  });
}

/** 95 % interval of the mean return, whole days drawn with replacement: entries of one day are not independent. */
function meanInterval(entries) {
  const days = [...Map.groupBy(entries, ({ day }) => day).values()].map((rows) => ({
    count: rows.length,
    sum: rows.reduce((sum, { after6h }) => sum + after6h, 0),
  }));
  if (days.length < MIN_DAYS) return null;
  const random = mulberry32(1);
  const means = Array.from({ length: RESAMPLES }, () => {
    let [sum, count] = [0, 0];
    for (let n = 0; n < days.length; n++) {
      const day = days[Math.floor(random() * days.length)];
      sum += day.sum;
      count += day.count;
    }
    return sum / count;
  }).sort((a, b) => a - b);
  return [means[Math.floor(RESAMPLES * 0.025)], means[Math.floor(RESAMPLES * 0.975)]];
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const signed = (value, digits = 2) =>
  Number.isFinite(value) ? `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(digits)} %` : '—';
export const percent = (value) => (Number.isFinite(value) ? `${(value * 100).toFixed(0)} %` : '—');

const HEAD = [
  'candles',
  'entries',
  'tokens',
  'median',
  'mean (95 %)',
  'mean by halves',
  '≥ +5 %',
  '≤ −5 %',
  'touched +5 %',
];

const cells = (figures) => [
  figures.classified === null ? '' : String(figures.classified),
  String(figures.entries),
  String(figures.tokens),
  signed(figures.median),
  figures.interval === null
    ? signed(figures.mean)
    : `${signed(figures.mean)} (${figures.interval.map((bound) => signed(bound)).join(' … ')})`,
  figures.halves.map((mean) => signed(mean, 1)).join(', '),
  percent(figures.up),
  percent(figures.down),
  percent(figures.touched),
];

/** A table in Markdown: `rows` are `[label, figures, ...more cells]`. */
export function table(first, rows, more = []) {
  const line = (columns) => `| ${columns.join(' | ')} |`;
  const head = [first, ...HEAD, ...more];
  return [
    line(head),
    line(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(([label, figures, ...extra]) => line([label, ...cells(figures), ...extra])),
  ].join('\n');
}
