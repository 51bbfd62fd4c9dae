import Fastify, { type FastifyInstance } from 'fastify';
import { type GateDeps, gate } from './gate.ts';
import { type PrivateRoutesDeps, privateRoutes } from './private-routes.ts';
import { type PublicRoutesDeps, publicRoutes } from './public-routes.ts';
import { type SimRoutesDeps, simRoutes } from './sim-routes.ts';
import { listenKeyRoutes } from './ws/listen-key-routes.ts';
import type { ListenKeys } from './ws/listen-keys.ts';
import type { Streams } from './ws/streams.ts';

export interface ServerDeps extends PrivateRoutesDeps, PublicRoutesDeps, GateDeps, SimRoutesDeps {
  readonly onFault: (error: unknown) => void;
  readonly listenKeys: ListenKeys;
  readonly streams: Streams;
  /** keeps what an answer is about to tell; a market without saved state has none */
  readonly beforeAnswer?: () => void;
}

/** The exchange's HTTP face, not listening yet. */
export function createServer(deps: ServerDeps): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: 64 * 1024,
    // a parameter given twice counts once: as a list it would be no text
    routerOptions: { querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)) },
  });

  // bodies stay text whatever they claim to be: signatures are made over the text
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ code: 404, msg: `no such endpoint: ${request.method} ${request.url.split('?')[0]}` }),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) deps.onFault(error);
    return reply.code(status).send({ code: status, msg: status >= 500 ? 'Internal error' : error.message });
  });

  // before the gate's own hook, which may cut the connection or change the answer
  const { beforeAnswer } = deps;
  if (beforeAnswer !== undefined) {
    app.addHook('onSend', async (_request, _reply, payload) => {
      beforeAnswer();
      return payload;
    });
  }
  gate(app, deps);
  publicRoutes(app, deps);
  privateRoutes(app, deps);
  simRoutes(app, deps);
  listenKeyRoutes(app, deps);
  deps.streams.attach(app);
  return app;
}
