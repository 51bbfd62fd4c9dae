import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { mexc } from 'ccxt';

/** What the suite calls; ccxt makes a method for each of its 400 endpoints anew for every client. */
const CALLED: Readonly<Record<'public' | 'private', Readonly<Record<string, readonly string[]>>>> = {
  public: {
    get: ['time', 'defaultSymbols', 'exchangeInfo', 'ticker/24hr', 'ticker/bookTicker', 'depth', 'klines'],
  },
  private: {
    get: ['order', 'openOrders', 'allOrders', 'myTrades', 'account', 'selfSymbols'],
    post: ['order'],
    delete: ['order'],
  },
};

/**
 * Lets ccxt's client start in a tenth of a millisecond instead of 12: a run makes some ten of them. ccxt builds one, and each
 * further one begins as a copy of it, with its own configuration and endpoints. What it signs, sends and reads stays its own.
 */
export function lightenCcxt(): void {
  // the copy that packages/exchange uses
  const require = createRequire(join(import.meta.dirname, '../../packages/exchange/package.json'));
  const root = dirname(dirname(require.resolve('ccxt')));
  const { default: Mexc } = require(join(root, 'js', 'src', 'mexc.js')) as { default: typeof mexc };
  const built = new Mexc() as unknown as Fields;
  const methods = methodsOf(Mexc.prototype);
  const fields = Object.entries(built).filter(
    ([name, value]) => !methods.has(value) && !NAMED_AFTER_ENDPOINT.test(name),
  );
  const values = Object.fromEntries(fields.filter(([, value]) => !isPlain(value)));
  const objects = fields.filter((field): field is [string, Fields] => isPlain(field[1]));
  const { spot } = built.api as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
  const called = Object.fromEntries(
    Object.entries(CALLED).map(([access, verbs]) => [
      access,
      Object.fromEntries(
        Object.entries(verbs).map(([method, paths]) => [
          method,
          Object.fromEntries(paths.map((path) => [path, spot![access]![method]![path]])),
        ]),
      ),
    ]),
  );

  // a copy's own prototype is that of the class it is made with: only the constructor above `mexc` is another
  function Prepared(this: Fields & mexc, config: Fields): void {
    Object.assign(this, values);
    for (const [name, value] of objects) this[name] = { ...value };
    for (const [name, value] of Object.entries(config)) {
      this[name] = isPlain(value) ? this.deepExtend(this[name], value) : value;
    }
    this.defineRestApi({ spot: called }, 'request');
  }
  Object.setPrototypeOf(Mexc, Prepared);
}

type Fields = Record<string, unknown>;

/** Methods ccxt makes for endpoints belong to one client: each gets its own. */
const NAMED_AFTER_ENDPOINT = /^(spot|spot2|contract|broker)(_|[A-Z])/;

/** ccxt gives a client a snake_case alias of every method, and a copy of those whose name is one word. */
function methodsOf(prototype: object): ReadonlySet<unknown> {
  const found = new Set<unknown>();
  for (let each = prototype; each !== Object.prototype; each = Object.getPrototypeOf(each) as object) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(each))) found.add(value);
  }
  return found;
}

const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
