/** What was looked at, how often, and what was found wrong with it. */
export interface Checked {
  readonly rule: string;
  readonly looked: number;
  readonly wrong: readonly string[];
  /** what else is worth knowing */
  readonly note?: string;
}
