/**
 * Where the entries of a JSON array or object begin, so that a fault can name its line.
 *
 * @param text valid JSON whose outermost value is an array or an object
 * @returns the line of each entry, from 1, in their order
 */
export function entryLines(text: string): number[] {
  const lines: number[] = [];
  let [depth, line] = [0, 1];
  let [inString, awaited] = [false, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n') line++;
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
      continue;
    }
    if (awaited && depth === 1 && !/[\s\]}]/.test(character)) {
      lines.push(line);
      awaited = false;
    }
    if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      depth++;
      if (depth === 1) awaited = true;
    } else if (character === ']' || character === '}') depth--;
    else if (character === ',' && depth === 1) awaited = true;
  }
  return lines;
}
