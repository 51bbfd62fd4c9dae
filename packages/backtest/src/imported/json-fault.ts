/** What V8 says of broken JSON names a position only sometimes. */

const BLANK = /[ \t\r\n]*/y;
const SCALAR =
  /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const STRING = /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const DEEPEST = 200;

/** @returns line and column, from 1, of the first character that cannot be there; of a valid text, its end */
export function jsonFault(text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, faultAt(text)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function faultAt(text: string): number {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null;
  };
  const take = (character: string): boolean => {
    skip(BLANK);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  /** whether a whole member was read; where it was not, `at` is the fault */
  const member = (closing: string, depth: number): boolean => {
    if (closing === ']') return value(depth);
    skip(BLANK);
    return skip(STRING) && take(':') && value(depth);
  };
  const value = (depth: number): boolean => {
    if (depth > DEEPEST) return false;
    const closing = take('[') ? ']' : take('{') ? '}' : null;
    if (closing === null) return skip(SCALAR);
    if (take(closing)) return true;
    do if (!member(closing, depth + 1)) return false;
    while (take(','));
    return take(closing);
  };
  if (value(0)) skip(BLANK);
  return at;
}
