import type { ExchangeSymbol } from '@mexc-bot/core';

/**
 * Spreads markets over as few connections as hold them. A market stays where it is, unless the others have room for all of its
 * connection, which then is given up.
 *
 * @param placed the markets of each connection until now
 * @param capacity markets a connection holds, ≥ 1
 * @returns the markets of each connection, at the same index; empty where one is given up; longer where new ones are needed
 */
export function placeMarkets(
  placed: readonly ReadonlySet<ExchangeSymbol>[],
  wanted: ReadonlySet<ExchangeSymbol>,
  capacity: number,
): Set<ExchangeSymbol>[] {
  const connections = placed.map((markets) => new Set([...markets].filter((market) => wanted.has(market))));
  const known = new Set(connections.flatMap((markets) => [...markets]));
  for (const market of wanted) if (!known.has(market)) fullestWithRoom(connections, capacity).add(market);

  for (let smallest = spare(connections, capacity); smallest; smallest = spare(connections, capacity)) {
    const homeless = [...smallest];
    smallest.clear();
    for (const market of homeless) fullestWithRoom(connections, capacity).add(market);
  }
  return connections;
}

/** The fullest connection with room, so that the emptier ones can be given up; a new one when all are full. */
function fullestWithRoom(connections: Set<ExchangeSymbol>[], capacity: number): Set<ExchangeSymbol> {
  const withRoom = connections.filter(({ size }) => size > 0 && size < capacity).sort((a, b) => b.size - a.size);
  const [fullest] = withRoom;
  if (fullest) return fullest;
  const added = new Set<ExchangeSymbol>();
  connections.push(added);
  return added;
}

/** The smallest connection, if the others have room for all of it. */
function spare(connections: readonly Set<ExchangeSymbol>[], capacity: number): Set<ExchangeSymbol> | null {
  const used = connections.filter(({ size }) => size > 0).sort((a, b) => a.size - b.size);
  const [smallest, ...others] = used;
  if (!smallest || others.length === 0) return null;
  const room = others.reduce((sum, { size }) => sum + capacity - size, 0);
  return room >= smallest.size ? smallest : null;
}
