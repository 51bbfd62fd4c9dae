/** The words of a code, if there are any. */
export type WordsOf = (code: string) => string | undefined;

/** `revival.volume_ratio` is a check of a pattern, `token.confidence` one of a model, `daily_loss_limit` a protection's own code. */
export function checkWords(check: string, wordsOf: WordsOf): string {
  return check
    .split('.')
    .map((part) => wordsOf(part) ?? part)
    .join(': ');
}

/** What a check found: a code, `neutral (calm)`, or a model's state before its version; other texts stay as they are. */
export function foundWords(value: string, wordsOf: WordsOf): string {
  const [, first = value, rest = ''] = /^(\w+)((?: \(\w+\)|[,:] .*)?)$/s.exec(value) ?? [];
  const why = /^ \((\w+)\)$/.exec(rest)?.[1];
  const known = wordsOf(first) ?? first;
  return why === undefined ? `${known}${rest}` : `${known} (${wordsOf(why) ?? why})`;
}
