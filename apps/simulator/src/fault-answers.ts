import type { RestAction } from './faults/actions.ts';

/** An answer made up by a fault or a limit. */
export interface MadeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MESSAGES: Readonly<Record<number, string>> = {
  26: 'operation not allowed',
  400: ' amount scale is invalid',
  429: 'Too Many Requests',
  500: 'Internal error',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
  602: 'Signature verification failed',
  10007: 'symbol not support api',
  10072: 'Api key info invalid',
  10101: 'Insufficient balance',
  22222: 'record does not exist',
  30000: 'Trading is currently suspended for this trading pair',
  30001: 'Current transaction direction is not allowed to place an order',
  30002: 'The minimum transaction volume cannot be less than：1USDT',
  30003: 'The maximum transaction volume cannot be greater than：2000000USDT',
  30004: 'Insufficient position',
  30005: 'Oversold',
  30010: 'no valid trade price',
  30014: 'invalid symbol',
  30016: 'Trading disabled',
  30018: 'market order is disabled',
  30019: 'api market order is disabled',
  30020: 'no permission for the symbol',
  30021: 'invalid symbol',
  30025: 'no exist opponent order',
  30027: 'The position has reached the limit',
  30028: 'Risk control',
  30029: 'Cannot exceed the maximum order limit',
  30032: 'Cannot exceed the maximum position',
  30041: 'Current order type can not place order',
  30051: 'api market order is disabled',
  30087: 'Order price exceeds allowed range',
  700001: 'API-key format invalid.',
  700002: 'Signature for this request is not valid.',
  700003: 'Timestamp for this request is outside of the recvWindow.',
  700004: "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
  700005: 'recvWindow must less than 60000',
  700006: 'IP [127.0.0.1] not in the ip white list',
  700007: 'No permission to access the endpoint.',
  700008: "Illegal characters found in parameter 'newClientOrderId'",
  700013: 'Invalid content Type.',
  70011: 'Pair user ban trade apikey.',
  [-1121]: 'Invalid symbol.',
  [-2010]: 'Duplicate order sent.',
  [-2011]: 'Unknown order sent.',
  [-2013]: 'Order does not exist.',
};
const HTML_TITLES: Readonly<Record<number, string>> = {
  403: 'Access Denied',
  418: "I'm a teapot",
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** One of MEXC's codes as it comes over the wire: HTTP 400 unless the fault says otherwise. */
export function errorAnswer({ code, msg, status }: Extract<RestAction, { kind: 'error' }>): MadeAnswer {
  const body = JSON.stringify({ code, msg: msg ?? MESSAGES[code] ?? 'error', _extend: null });
  return { status: status ?? 400, headers: { 'content-type': 'application/json' }, body };
}

export function shapedAnswer(action: Extract<RestAction, { kind: 'answer' | 'accept-then-answer' }>): MadeAnswer {
  const { status, body, code = status, msg, retryAfterSeconds } = action;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (body === 'html') {
    const title = `${status === 403 ? '' : `${status} `}${HTML_TITLES[status] ?? msg ?? 'Error'}`;
    const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
    return { status, headers: { ...headers, 'content-type': 'text/html' }, body: text };
  }
  const json = JSON.stringify({ code, msg: msg ?? MESSAGES[code] ?? 'error' });
  return { status, headers: { ...headers, 'content-type': 'application/json' }, body: json };
}
