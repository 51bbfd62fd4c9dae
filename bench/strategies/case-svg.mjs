/** A candle chart with volume, and what the rule saw in it. */

const WIDTH = 1040;
const HEIGHT = 470;
const LEFT = 20;
const RIGHT = 700;
/** left edge of what the rule saw */
const FACTS_LEFT = 830;
const PRICE = { top: 74, bottom: 318 };
const VOLUME = { top: 340, bottom: 424 };

const STYLE = `
    text { font-family: system-ui, sans-serif; font-size: 13px; fill: #51626f; }
    .title { font-size: 17px; font-weight: 600; fill: #1d2b38; }
    .fact { font-size: 13.5px; fill: #1d2b38; }
    .up { fill: #2e7d4f; stroke: #2e7d4f; }
    .down { fill: #b5483a; stroke: #b5483a; }
    .later { opacity: 0.38; }
    .entry { stroke: #34495e; stroke-width: 1.2; }
    .target { stroke: #2e7d4f; stroke-dasharray: 6 4; }
    .stop { stroke: #b5483a; stroke-dasharray: 6 4; }
    .norm { stroke: #6a4fa3; stroke-width: 2; }
    .now { fill: #f3effa; }
    .look { fill: #eef3f8; }
    .gain { stroke: #6a4fa3; stroke-width: 1.6; fill: none; }`;

const n = (value) => Number(value.toFixed(1));
const percent = (value, digits = 1) => `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(digits)} %`;
const plain = (value) => `${(value * 100).toFixed(1)} %`;

/** What decided, in words; the rest of the measures does not matter to the strategy. */
const FACTS = {
  simple: (m, c) => [
    `gain ${percent(m.gain)} in two candles`,
    `from ${plain(c.minGain)} to ${plain(c.aggressiveGain)}`,
    '',
    `volume ${m.volumeRatio.toFixed(1)} × its norm`,
    'any will do',
  ],
  aggressive: (m, c) => [
    `gain ${percent(m.gain)} in two candles`,
    `at least ${plain(c.aggressiveGain)}`,
    '',
    `volume ${m.volumeRatio.toFixed(1)} × its norm`,
    'any will do',
  ],
  momentum_safe: (m, c) => [
    `gain ${percent(m.gain)} in two candles`,
    `at least ${c.momentumSafe.gainMultiple} × ${plain(c.minGain)}`,
    '',
    `volume ${m.volumeRatio.toFixed(1)} × its norm`,
    `${c.momentumSafe.minVolumeRatio} × to ${c.momentumSafe.maxVolumeRatio} ×`,
    '',
    `ATR ${plain(m.atrFraction)} of the price`,
    `at most ${plain(c.momentumSafe.maxAtrFraction)}`,
    '',
    `ADX ${m.adx.toFixed(0)}, at least ${c.momentumSafe.minAdx}`,
  ],
  revival: (m, c) => [
    `range ${plain(m.rangeBefore)} in 4 h before`,
    `quiet: at most ${plain(c.revival.quietRange)}`,
    '',
    `volume ${Number.isFinite(m.volumeRatio) ? m.volumeRatio.toFixed(0) : '∞'} × its norm`,
    `at least ${c.revival.minVolumeRatio} ×`,
    '',
    `gain ${percent(m.gain)}, above 0`,
  ],
};

export function caseSvg({ strategy, measures, criteria, candles, signal, stop, target, after6h, source }) {
  const step = (RIGHT - LEFT) / candles.length;
  const x = (i) => LEFT + (i + 0.5) * step;
  const entry = candles[signal].close;
  // a level far outside the candles is told, not drawn
  const [lowest, highest] = [Math.min(...candles.map(({ low }) => low)), Math.max(...candles.map(({ high }) => high))];
  const reach = (highest - lowest) * 0.35;
  const levels = [
    ['target', target, `first level ${percent(target / entry - 1)}`],
    ['stop', stop, `stop ${percent(stop / entry - 1)}`],
  ];
  const drawn = levels.filter(([, level]) => level < highest + reach && level > lowest - reach);
  const bottom = Math.min(lowest, ...drawn.map(([, level]) => level));
  const top = Math.max(highest, ...drawn.map(([, level]) => level));
  const y = (value) => PRICE.bottom - ((value - bottom) / (top - bottom)) * (PRICE.bottom - PRICE.top);
  const most = Math.max(...candles.map(({ volume }) => volume));
  const v = (value) => VOLUME.bottom - (value / most) * (VOLUME.bottom - VOLUME.top);

  const body = step * 0.62;
  const bars = candles.flatMap(({ open, high, low, close, volume }, i) => {
    const side = `${close >= open ? 'up' : 'down'}${i > signal ? ' later' : ''}`;
    const [from, to] = [y(Math.max(open, close)), y(Math.min(open, close))];
    return [
      `<path class="${side}" d="M${n(x(i))} ${n(y(high))}V${n(y(low))}"/>`,
      `<rect class="${side}" x="${n(x(i) - body / 2)}" y="${n(from)}" width="${n(body)}" height="${n(Math.max(1, to - from))}"/>`,
      `<rect class="${side}" x="${n(x(i) - body / 2)}" y="${n(v(volume))}" width="${n(body)}" height="${n(VOLUME.bottom - v(volume))}" stroke="none"/>`,
    ];
  });

  const { gainCandles, volumeNormCandles, revival } = criteria;
  const normed = candles.slice(signal - volumeNormCandles, signal);
  const norm = normed.reduce((sum, { volume }) => sum + volume, 0) / volumeNormCandles;
  const before = signal - gainCandles;
  const edge = (i) => n(LEFT + i * step);
  const lookFrom = before - revival.lookbackCandles + 1;
  const look =
    strategy === 'revival'
      ? [
          `<rect class="look" x="${edge(lookFrom)}" y="${PRICE.top - 12}" width="${n((before + 1 - lookFrom) * step)}" height="${VOLUME.bottom - PRICE.top + 12}"/>`,
          `<text x="${edge(lookFrom + 1)}" y="${PRICE.top + 4}">quiet: the look-back</text>`,
        ]
      : [];
  const legend = drawn.map(
    ([name, level, text]) =>
      `<path class="${name}" d="M${edge(signal)} ${n(y(level))}H${RIGHT}"/><text x="${RIGHT + 6}" y="${n(y(level)) + 4}">${text}</text>`,
  );
  const far = levels.filter((level) => !drawn.includes(level)).map(([, , text]) => `${text}, not in the picture`);
  const facts = ['The rule saw', ...FACTS[strategy](measures, criteria), '', ...far, `6 h later ${percent(after6h)}`];
  const gainX = x(before) - step * 0.9;

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">
  <title>A textbook case of ${strategy}</title>
  <style>${STYLE}
  </style>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="#fbfcfd"/>
  <text class="title" x="${LEFT}" y="30">${strategy}</text>
  <text x="${LEFT}" y="50">5 m candles; the pale ones came after the decision. ${source}</text>
  ${[
    ...look,
    `<rect class="now" x="${edge(signal)}" y="${PRICE.top - 12}" width="${n(step)}" height="${VOLUME.bottom - PRICE.top + 12}"/>`,
    ...bars,
    `<path class="entry" d="M${edge(signal)} ${n(y(entry))}H${RIGHT}"/><text x="${RIGHT + 6}" y="${n(y(entry)) + 4}">entry</text>`,
    ...legend,
    `<path class="gain" d="M${n(gainX + 5)} ${n(y(candles[before].close))}H${n(gainX)}V${n(y(entry))}H${n(gainX + 5)}"/>`,
    `<text x="${n(gainX - 6)}" y="${n((y(candles[before].close) + y(entry)) / 2 + 4)}" text-anchor="end">${percent(measures.gain)}</text>`,
    `<path class="norm" d="M${edge(signal - volumeNormCandles)} ${n(v(norm))}H${edge(signal)}"/>`,
    `<text x="${edge(signal - volumeNormCandles) - 6}" y="${n(v(norm)) - 4}" text-anchor="end">norm of the volume</text>`,
    `<text x="${LEFT}" y="${VOLUME.top - 6}">volume</text>`,
    `<text x="${n(x(signal))}" y="${VOLUME.bottom + 18}" text-anchor="middle">decision</text>`,
    `<text x="${LEFT}" y="${HEIGHT - 12}">4 h 20 min before</text><text x="${RIGHT}" y="${HEIGHT - 12}" text-anchor="end">2 h after</text>`,
  ].join('\n  ')}
  ${facts.map((text, i) => `<text class="fact" x="${FACTS_LEFT}" y="${VOLUME.top - 226 + i * 18}"${i === 0 ? ' font-weight="600"' : ''}>${text}</text>`).join('\n  ')}
</svg>
`;
}
