export const STRATEGIES = ['simple', 'aggressive', 'revival', 'momentum_safe'] as const;
export type Strategy = (typeof STRATEGIES)[number];
