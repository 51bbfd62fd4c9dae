/** A request refused in MEXC's own words: HTTP status and `{"code","msg"}`. */
export interface ExchangeError {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
}

const refusal = (code: number, msg: string): ExchangeError => ({ status: 400, code, msg });

/** MEXC's error table (FACTS of the recorded answers); the code is what clients act on. */
export const REFUSED = {
  unknownSymbol: () => refusal(-1121, 'Invalid symbol.'),
  invalidInterval: () => refusal(-1121, 'Invalid interval.'),
  noApiTrading: () => refusal(10007, 'symbol not support api'),
  offline: () => refusal(30000, 'Trading is currently suspended for this trading pair'),
  paused: () => refusal(30016, 'Trading disabled'),
  directionNotAllowed: () => refusal(30001, 'Current transaction direction is not allowed to place an order'),
  belowMinimum: (limit: string) => refusal(30002, `The minimum transaction volume cannot be less than：${limit}`),
  aboveMaximum: (limit: string) => refusal(30003, `The maximum transaction volume cannot be greater than：${limit}`),
  insufficientBalance: () => refusal(30004, 'Insufficient position'),
  oversold: () => refusal(30005, 'Oversold'),
  tooManyOrders: () => refusal(30029, 'Cannot exceed the maximum order limit'),
  orderTypeNotAllowed: () => refusal(30041, 'Current order type can not place order'),
  priceOutOfRange: () => refusal(30087, 'Order price exceeds allowed range'),
  scale: (what: 'price' | 'quantity' | 'amount') => refusal(400, `${what} scale is invalid`),
  missing: (name: string) =>
    refusal(700004, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`),
  illegalCharacters: (name: string) => refusal(700008, `Illegal characters found in parameter '${name}'`),
  /** what MEXC answers to a used id is not documented; this is the code of the interface it copies */
  duplicateClientOrderId: () => refusal(-2010, 'Duplicate order sent.'),
  orderNotFound: () => refusal(-2013, 'Order does not exist.'),
  cannotCancel: () => refusal(-2011, 'Unknown order sent.'),
  apiKeyRequired: () => refusal(400, 'api key required'),
  unknownApiKey: () => refusal(700001, 'API-key format invalid.'),
  badSignature: () => refusal(700002, 'Signature for this request is not valid.'),
  outsideRecvWindow: () => refusal(700003, 'Timestamp for this request is outside of the recvWindow.'),
  recvWindowTooLarge: () => refusal(700005, 'recvWindow must less than 60000'),
  tooManyItems: (name: string, most: number) => refusal(700004, `Parameter '${name}' has more than ${most} entries`),
  noWallet: () => refusal(10216, 'No available deposit address'),
  invalidContentType: () => refusal(700013, 'Invalid content Type.'),
} as const;
