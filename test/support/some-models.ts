import { createLogistic, createModelFiles, FEATURE_SET } from '@mexc-bot/models';
import type { Store } from '@mexc-bot/store';

const interval = (value: number, half: number) => ({ value, low: value - half, high: value + half });

/** A pooled model that may be asked, and a token's that was made for other features, on disk and in the registry. */
export async function writeModels(folder: string, store: Store): Promise<void> {
  const { names } = FEATURE_SET;
  const count = 40;
  const x = Float32Array.from({ length: count * names.length }, (_, i) => Math.sin(i));
  const rows = { x, width: names.length, count };
  const params = await createLogistic().fit(
    rows,
    Uint8Array.from({ length: count }, (_, i) => i % 2),
    { seed: 1 },
  );
  const flat = { slope: 1, offset: 0 };
  const files = createModelFiles(folder);
  for (const { scope, hash, auc } of [
    { scope: 'pooled', hash: FEATURE_SET.hash, auc: interval(0.61, 0.03) },
    { scope: 'PEPEUSDT', hash: '0123456789abcdef', auc: interval(0.55, 0.05) },
  ]) {
    const trainedAt = Date.now();
    const card = {
      state: 'judged',
      trainedAt,
      features: hash,
      proven: false,
      auc,
      netTop10: interval(-0.004, 0.01),
      trainRows: count,
    };
    await files.write({
      scope,
      version: '1',
      content: { kind: 'logistic', params },
      features: { hash, names },
      reading: {
        calibration: flat,
        outcomes: { target: flat, stopOtherwise: flat, neitherReturn: 0 },
        confidence: Float64Array.of(0.1, 0.5),
      },
      card: { card, moves: { target: 0.05, stop: 0.05 } },
    });
    const entry = { scope, version: '1', engine: 'logistic', featureSet: hash, exchange: 'mexc', trainedAt } as const;
    store.models.crown(
      { ...entry, dataFrom: 1, dataTo: 2, card, proven: false, path: scope },
      'no_champion',
      trainedAt,
    );
  }
}
