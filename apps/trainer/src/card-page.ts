import { toSvg } from '@mexc-bot/charts';
import type { Card } from '@mexc-bot/models';
import { aucChart, liftChart, reliabilityChart } from './card-charts.ts';
import { cardRows, doubtsOf, verdictOf, warningsOf } from './card-text.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

const STYLE = `
  body { background: #10151c; color: #e8edf3; font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1120px; padding: 24px }
  h1 { font-size: 26px; margin: 0 } .proven { color: #2ebd85 } .not { color: #f0b90b } p, td:last-child { color: #8b98a8 }
  table { border-collapse: collapse; margin: 20px 0; width: 100% } td { border-top: 1px solid #26303c; padding: 6px 12px 6px 0; vertical-align: top }
  td:nth-child(2) { font-variant-numeric: tabular-nums; white-space: nowrap }
  .charts { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)) } svg { width: 100% }`;

/** A card as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function cardPage(card: Card): string {
  const proven = card.state === 'judged' && card.proven;
  const because = [...doubtsOf(card), ...warningsOf(card)].map((each) => `<p>${safe(each)}</p>`);
  const charts =
    card.state === 'judged'
      ? [aucChart(card), reliabilityChart(card), liftChart(card)].map((chart) => `<div>${toSvg(chart)}</div>`)
      : [];
  const rows = cardRows(card).map((cells) => `<tr>${cells.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${safe(card.scope)}: ${safe(verdictOf(card))}</title><style>${STYLE}</style></head><body>
<h1>${safe(card.scope)} <span class="${proven ? 'proven' : 'not'}">${safe(verdictOf(card))}</span></h1>
<p>${safe(card.engine)}, trained ${new Date(card.trainedAt).toISOString()}, features ${safe(card.features)}</p>
${because.join('\n')}
<div class="charts">${charts.join('\n')}</div>
<table>${rows.join('\n')}</table>
</body></html>
`;
}
