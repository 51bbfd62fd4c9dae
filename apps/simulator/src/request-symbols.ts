/**
 * What a request is about: `symbol`, one or a list with commas; `symbols`; and the symbols of the items of a batch.
 *
 * @param parameters of the query and the body; null: the body cannot be read
 */
export function symbolsOf(parameters: ReadonlyMap<string, string> | null): readonly string[] {
  const named = [parameters?.get('symbol'), parameters?.get('symbols')].flatMap((list) => list?.split(',') ?? []);
  return [...new Set([...named, ...symbolsOfBatch(parameters?.get('batchOrders'))])].filter((symbol) => symbol !== '');
}

function symbolsOfBatch(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    return []; // the endpoint refuses it
  }
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: { readonly symbol?: unknown } | null) =>
    typeof item?.symbol === 'string' ? [item.symbol] : [],
  );
}
