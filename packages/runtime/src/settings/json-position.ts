/**
 * Finds where a text stops being JSON; the engine's own message names the place only sometimes.
 *
 * @returns line and column, both from 1, of the first character that cannot stand where it does; null: it is JSON
 */
export function jsonFault(text: string): { readonly line: number; readonly column: number } | null {
  const offset = faultOffset(text);
  if (offset === null) return null;
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// of the control characters only U+007F to U+009F may stand in a string unescaped
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

/** Each step moves `at` only over what is right, so that it rests on the fault. */
function faultOffset(text: string): number | null {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const takeChar = (char: string): boolean => {
    take(SPACE);
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };
  const list = (end: string, item: () => boolean): boolean => {
    if (takeChar(end)) return true;
    do if (!item()) return false;
    while (takeChar(','));
    return takeChar(end);
  };
  const string = (): boolean => take(SPACE) && take(STRING);
  const value = (): boolean => {
    if (takeChar('{')) return list('}', () => string() && takeChar(':') && value());
    if (takeChar('[')) return list(']', value);
    return take(STRING) || take(SCALAR);
  };
  return value() && take(SPACE) && at === text.length ? null : at;
}
