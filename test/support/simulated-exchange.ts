import { sign } from '../../apps/simulator/src/auth.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../apps/simulator/src/simulator.ts';

export const API_KEY = 'mx0vglTESTKEY';
export const SECRET = 'a-secret-of-no-worth';

type Row = Readonly<Record<string, unknown>>;
type Parameters = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** as an object; empty where the body is none */
  readonly row: Row;
  /** as a list; empty where the body is none */
  readonly rows: readonly Row[];
}

/** A simulator on a virtual clock, and a client that signs by hand. */
export interface SimulatedExchange {
  readonly simulator: Simulator;
  get(path: string, parameters?: Parameters): Promise<Answer>;
  /** @throws the connection was cut, or the client gave up: after five seconds, or at `signal` */
  signed(method: string, path: string, parameters?: Parameters, signal?: AbortSignal): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  /** Places an order and returns its row, as a query shows it. */
  order(parameters: Parameters): Promise<Row>;
  ledger(query?: string): Promise<string>;
  /** last price of a symbol, times `factor`, on its tick */
  price(symbol: string, factor?: number): Promise<string>;
}

export async function startExchange(changes: Partial<SimulatorOptions> = {}): Promise<SimulatedExchange> {
  const simulator = await createSimulator({
    port: 0,
    speed: 1,
    seed: 1,
    tokens: 10,
    dataFolder: null,
    stateFolder: null,
    clock: 'virtual',
    accounts: [{ apiKey: API_KEY, secret: SECRET, balances: { USDT: '1000' } }],
    ...changes,
  });
  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const body: unknown = isJson ? JSON.parse(text) : null;
    const isRow = typeof body === 'object' && body !== null && !Array.isArray(body);
    return {
      status: response.status,
      headers: response.headers,
      text,
      row: isRow ? (body as Row) : {},
      rows: Array.isArray(body) ? (body as Row[]) : [],
    };
  };
  const query = (parameters: Parameters): string => new URLSearchParams(parameters).toString();

  const get: SimulatedExchange['get'] = async (path, parameters = {}) =>
    answerOf(await fetch(`${simulator.url}${path}?${query(parameters)}`));
  const signed: SimulatedExchange['signed'] = async (method, path, parameters = {}, signal) => {
    const text = query({ ...parameters, timestamp: String(simulator.clock.now()) });
    const response = await fetch(`${simulator.url}${path}?${text}&signature=${sign(SECRET, text)}`, {
      method,
      headers: { 'X-MEXC-APIKEY': API_KEY, 'Content-Type': 'application/json' },
      signal: signal ?? AbortSignal.timeout(5_000),
    });
    return answerOf(response);
  };
  return {
    simulator,
    get,
    signed,
    post: async (path, body) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return answerOf(await fetch(simulator.url + path, { method: 'POST', body: text }));
    },
    async order(parameters) {
      const placed = await signed('POST', '/api/v3/order', parameters);
      if (placed.status !== 200) throw new Error(placed.text);
      const { symbol = '' } = parameters;
      const found = await signed('GET', '/api/v3/order', { symbol, orderId: String(placed.row.orderId) });
      return found.row;
    },
    ledger: async (asked = '') => (await fetch(`${simulator.url}/sim/ledger${asked}`)).text(),
    async price(symbol, factor = 1) {
      const { row } = await get('/api/v3/ticker/price', { symbol });
      const text = String(row.price);
      return (Number(text) * factor).toFixed(text.split('.')[1]?.length ?? 0);
    },
  };
}
