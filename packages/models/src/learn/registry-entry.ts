import type { Card } from '../judge/card.ts';
import { isProven } from './stored-card.ts';

/**
 * How a trained model, or the lack of one, is entered in the registry.
 *
 * @param path its folder in `models`; null: there is no model
 */
export function registryEntry(card: Card, version: string, path: string | null) {
  const judged = card.state === 'judged';
  return {
    scope: card.scope,
    version,
    engine: card.engine,
    featureSet: card.features,
    exchange: card.exchange,
    trainedAt: card.trainedAt,
    dataFrom: judged ? card.dataFrom : null,
    dataTo: judged ? card.dataTo : null,
    card,
    proven: path !== null && isProven(card),
    path,
  };
}
