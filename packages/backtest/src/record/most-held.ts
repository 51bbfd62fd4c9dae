/** A sum that was in a position for a while. */
export interface Stake {
  readonly openedAt: number;
  /** null: it still is */
  readonly closedAt: number | null;
  readonly cost: number;
}

/** The most that was in positions at one moment, at cost; stands in for an account nobody knows. 1 where nothing was held. */
export function mostHeld(stakes: readonly Stake[]): number {
  const changes = stakes
    .flatMap(({ openedAt, closedAt, cost }) => {
      const opened = { at: openedAt, sum: cost };
      return closedAt === null ? [opened] : [opened, { at: Math.max(closedAt, openedAt + 1), sum: -cost }];
    })
    .sort((a, b) => a.at - b.at || a.sum - b.sum);
  let [held, most] = [0, 0];
  for (const { sum } of changes) {
    held += sum;
    most = Math.max(most, held);
  }
  return most > 0 ? most : 1;
}

export const unknownStart = (assumed: number): string =>
  `What the account held at the start is not known: ${assumed.toFixed(2)} USDT, the most that was in positions at once, stands in for it, so returns and drawdown are of that sum.`;
