import { Decimal, effectiveStop, type OpenPosition, type Position, realisedPnl, ZERO } from '@mexc-bot/core';
import type { LocalTime } from '../digest/local-time.ts';
import { priceText, quoteText, signedPercent, signedQuote, tokenOf } from './format.ts';
import { codeText, durationText, fill, type Language, WORDS, type Words } from './words.ts';

/** What a model said before a purchase. */
export interface ModelAnswer {
  readonly model: 'global' | 'own';
  /** 0..1 */
  readonly confidence: number;
  /** it had to reach this */
  readonly minimum: number;
}

export interface CardTextDeps {
  readonly language: Language;
  readonly time: LocalTime;
  readonly answersOf: (position: Position) => readonly ModelAnswer[];
}

/** The text of a trade's card, as HTML, from the position alone: told twice, it is the same. */
export function createCardText({ language, time, answersOf }: CardTextDeps): (position: Position) => string {
  const words = WORDS[language];

  return (position) => {
    const lines = position.state === 'open' ? openHead(position, words) : closedHead(position, words);
    const times =
      position.state === 'open'
        ? `${words.opened} ${time.stamp(position.openedAt)}`
        : `${time.stamp(position.openedAt)} → ${time.stamp(position.closedAt)}`;
    return [...lines, gateLine(answersOf(position), position.confidence, words), levelLine(position), times]
      .filter((line) => line !== '')
      .join('\n');
  };
}

const price = (value: Decimal): string => priceText(value.toNumber(), 4);

const head = (position: Position): string => position.mode.toUpperCase();

function openHead(position: OpenPosition, words: Words): string[] {
  const { entryPrice, cost, bought, quantity, takeProfits, levelsTaken } = position;
  const stop = effectiveStop(position);
  const risk = Decimal.max(ZERO, entryPrice.minus(stop).mul(quantity));
  const sold = quantity.lt(bought);
  const left = quantity.div(bought).mul(100).toNumber();
  return [
    `${head(position)} 🟢 <b>${quoteText(cost)} USDT</b> · <b>${tokenOf(position.market)}</b> · ${codeText(position.strategy, words)}`,
    `${words.entry} ${price(entryPrice)} · ${words.stop} ${price(stop)} (${signedPercent(stop.div(entryPrice).toNumber() - 1)}) · ${words.risk} ${quoteText(risk)} USDT`,
    ...(sold
      ? [
          `${fill(words.levelHit, { level: levelsTaken, levels: takeProfits.length })} · ${words.left} ${Math.round(left)} % · ${words.soFar} <b>${signedQuote(realisedPnl(position))} USDT</b>`,
        ]
      : []),
    ...(position.pendingExit === null ? [] : [`⏳ ${words.selling}: ${words.reasons[position.pendingExit.reason]}`]),
  ];
}

function closedHead(position: Extract<Position, { state: 'closed' }>, words: Words): string[] {
  const pnl = realisedPnl(position);
  const share = pnl.div(position.cost).toNumber();
  return [
    `${head(position)} ${pnl.gt(0) ? '✅' : '❌'} <b>${signedQuote(pnl)} USDT</b> (${signedPercent(share)}) · <b>${tokenOf(position.market)}</b> · ${codeText(position.strategy, words)}`,
    `${words.closed}: ${words.reasons[position.closeReason]} · ${words.held} ${durationText(position.closedAt - position.openedAt, words)}`,
    `${words.entry} ${price(position.entryPrice)} · ${words.peak} ${price(position.peak)}`,
  ];
}

function gateLine(answers: readonly ModelAnswer[], confidence: number, words: Words): string {
  if (answers.length === 0) return `AI: ${words.noModel} · ${words.confidence} ${confidence.toFixed(2)}`;
  const parts = answers.map((answer) => {
    const name = answer.model === 'global' ? words.globalModel : words.ownModel;
    const passed = answer.confidence >= answer.minimum;
    return `${name} ${answer.confidence.toFixed(2)} ${passed ? '≥' : '&lt;'} ${answer.minimum.toFixed(2)} ${passed ? '✓' : '✗'}`;
  });
  return `AI: ${parts.join(' · ')}`;
}

/** Each level with its price; those that were taken are ticked. */
function levelLine({ takeProfits, levelsTaken, entryPrice }: Position): string {
  const levels = takeProfits.map((multiple, index) => {
    const mark = index < levelsTaken ? '✅' : '▫️';
    return `${mark} ${price(entryPrice.mul(multiple))} (${signedPercent(multiple - 1)})`;
  });
  return levels.join('\n');
}
