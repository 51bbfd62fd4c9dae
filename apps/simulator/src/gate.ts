import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parametersOf } from './auth.ts';
import { endpointOf } from './endpoints.ts';
import type { Engine } from './engine.ts';
import { errorAnswer, type MadeAnswer, shapedAnswer } from './fault-answers.ts';
import { spoiled } from './fault-spoil.ts';
import type { RestAction } from './faults/actions.ts';
import type { Fault, Faults } from './faults/faults.ts';
import type { MarketClock } from './market-clock.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RequestLog } from './request-log.ts';
import { symbolsOf } from './request-symbols.ts';

/** A request on its way through the exchange. */
interface Passage {
  /** `POST /api/v3/order` */
  readonly target: string;
  /** of the query and the body; null: the body cannot be read */
  readonly parameters: ReadonlyMap<string, string> | null;
  readonly symbols: readonly string[];
  readonly query: string;
  readonly body: string;
  readonly apiKey: string | undefined;
  readonly fault: Fault<RestAction> | null;
  outcome: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null outside the exchange's own paths */
    passage: Passage | null;
  }
}

export interface GateDeps {
  readonly engine: Engine;
  readonly clock: MarketClock;
  readonly faults: Faults;
  /** null: nothing is limited */
  readonly rateLimits: RateLimits | null;
  readonly requests: RequestLog;
}

/** The action of the request's fault, where it is of this kind. */
export function actionOf<Kind extends RestAction['kind']>(
  { passage }: FastifyRequest,
  kind: Kind,
): Extract<RestAction, { readonly kind: Kind }> | undefined {
  const action = passage?.fault?.action;
  return action?.kind === kind ? (action as Extract<RestAction, { readonly kind: Kind }>) : undefined;
}

/** What every request meets before and after its endpoint: limits, faults, the log. */
export function gate(app: FastifyInstance, { engine, clock, faults, rateLimits, requests }: GateDeps): void {
  app.decorateRequest('passage', null);
  const hanging = new Set<NodeJS.Timeout>();
  app.addHook('onClose', async () => {
    for (const timer of hanging) clearTimeout(timer);
  });

  const log = (request: FastifyRequest, outcome: string): void => {
    const { passage } = request;
    if (!passage || passage.outcome !== null) return;
    passage.outcome = outcome;
    const { target, parameters, symbols, apiKey, fault } = passage;
    const [method, path] = target.split(' ') as [string, string];
    requests.add({
      time: clock.now(),
      method,
      path,
      key: apiKey === undefined ? null : apiKey.slice(-4),
      symbol: symbols.length === 0 ? null : symbols.join(','),
      clientOrderId: parameters?.get('newClientOrderId') ?? parameters?.get('origClientOrderId') ?? null,
      outcome,
      fault: fault?.rule ?? null,
    });
  };

  const drop = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    log(request, 'dropped');
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  };
  const hang = (request: FastifyRequest, reply: FastifyReply, wallMs: number | undefined): FastifyReply => {
    log(request, 'hung');
    reply.hijack();
    if (wallMs !== undefined) {
      const timer = setTimeout(() => {
        hanging.delete(timer);
        request.raw.socket.destroy();
      }, wallMs);
      hanging.add(timer);
    }
    return reply;
  };
  const send = (reply: FastifyReply, { status, headers, body }: MadeAnswer): FastifyReply =>
    reply.code(status).headers(headers).serializer(String).send(body);

  app.addHook('preHandler', async (request, reply) => {
    const path = request.routeOptions.url;
    if (!path?.startsWith('/api/')) return;
    engine.advance(clock.now());

    const target = `${request.method} ${path}`;
    const question = request.raw.url!.indexOf('?');
    const query = question < 0 ? '' : request.raw.url!.slice(question + 1);
    const body = typeof request.body === 'string' ? request.body : '';
    const parameters = parametersOf(query, body);
    const symbols = symbolsOf(parameters);
    const given = request.headers['x-mexc-apikey'];
    const apiKey = typeof given === 'string' ? given : undefined;
    const endpoint = endpointOf(target);

    const call = { target, endpoint, hasSymbol: parameters?.has('symbol') === true, address: request.ip, apiKey };
    const limited = rateLimits?.check(call, clock.now()) ?? null;
    const fault =
      limited === null
        ? faults.decide({ channel: 'rest', target, symbol: symbols, apiKey, signed: endpoint.signed })
        : null;
    request.passage = { target, parameters, symbols, query, body, apiKey, fault, outcome: null };
    if (limited) {
      const { status, retryAfterSeconds } = limited;
      return send(reply, shapedAnswer({ kind: 'answer', body: 'json', status, retryAfterSeconds }));
    }

    const action = fault?.action;
    switch (action?.kind) {
      case 'drop':
        return drop(request, reply);
      case 'hang':
        return hang(request, reply, action.wallMs);
      case 'slow':
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            hanging.delete(timer);
            resolve();
          }, action.wallMs);
          hanging.add(timer);
        });
        return;
      case 'answer':
        return send(reply, shapedAnswer(action));
      case 'error':
        return send(reply, errorAnswer(action));
      default:
        return;
    }
  });

  app.addHook('preSerialization', async (request, reply, payload: unknown) => {
    const { passage } = request;
    if (!passage) return payload;
    if (reply.statusCode >= 400) {
      const { code } = payload as { readonly code?: unknown };
      if (typeof code === 'number' && code !== reply.statusCode) log(request, `${reply.statusCode} code ${code}`);
      return payload;
    }
    return passage.fault ? spoiled(passage.fault.action, payload, faults.seed()) : payload;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const action = request.passage?.fault?.action;
    switch (action?.kind) {
      case 'accept-then-drop':
        drop(request, reply);
        return payload;
      case 'accept-then-hang':
        hang(request, reply, action.wallMs);
        return new Promise<never>(() => undefined);
      case 'accept-then-answer': {
        const { status, headers, body } = shapedAnswer(action);
        reply.code(status).headers(headers).removeHeader('content-length');
        return body;
      }
      default:
        return payload;
    }
  });

  app.addHook('onResponse', async (request, reply) => log(request, String(reply.statusCode)));
}
