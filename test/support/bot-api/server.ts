import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createChats, type Fields, Refusal, type ShownMessage } from './chats.ts';
import { type BotApiFault, createFaults } from './faults.ts';
import { createUpdates } from './updates.ts';

export const BOT_TOKEN = '123456:a-token-of-no-worth';
const BOT = { id: 123_456, is_bot: true, first_name: 'Suite', username: 'suite_test_bot' };

interface Call {
  readonly method: string;
  readonly fields: Fields;
}

/** A Bot API server on this machine, and everything it saw. */
export interface BotApi {
  readonly url: string;
  readonly token: string;
  /** A person writes; @returns the id of the update */
  say(who: { readonly user: number; readonly chat?: number }, text: string): number;
  /** A person presses a button; @returns the id of the update */
  press(who: { readonly user: number; readonly chat?: number }, messageId: number, data: string): number;
  /** Any update, also one that is none; queued as it is. */
  inject(update: unknown): void;
  /** Updates that wait to be fetched and confirmed. */
  pending(): number;
  readonly faults: { add(rule: BotApiFault): void; clear(): void; struck(): number };
  /** All connections break, and no new one is taken, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** The bot's messages, oldest first. */
  messages(chat?: number): readonly ShownMessage[];
  /** Every request but `getUpdates`, oldest first. */
  calls(method?: string): readonly Call[];
  /** Texts that answered button presses, by the id of the press. */
  answers(): ReadonlyMap<string, string>;
  /** Commands by language code; the empty one is everybody else's. */
  commands(): ReadonlyMap<string, readonly { readonly command: string; readonly description: string }[]>;
  close(): Promise<void>;
}

/** @param random 0..1, decides faults that strike only a share */
export async function startBotApi(
  options: { readonly random?: () => number; readonly port?: number } = {},
): Promise<BotApi> {
  const chats = createChats();
  const faults = createFaults(options.random ?? Math.random);
  const updates = createUpdates();
  const calls: Call[] = [];
  const answers = new Map<string, string>();
  const commands = new Map<string, { command: string; description: string }[]>();

  const own: Readonly<Record<string, (fields: Fields) => unknown>> = {
    getMe: () => BOT,
    deleteWebhook: (fields) => {
      if (String(fields.drop_pending_updates) === 'true') updates.drop();
      return true;
    },
    setMyCommands: (fields) => {
      const list = fields.commands as { command: string; description: string }[];
      const wrong = list.find(
        ({ command, description }) =>
          !/^[a-z0-9_]{1,32}$/.test(command) || description.length < 1 || description.length > 256,
      );
      if (wrong !== undefined || list.length > 100) throw new Refusal(400, `Bad Request: BOT_COMMAND_INVALID`);
      commands.set(String(fields.language_code ?? ''), list);
      return true;
    },
    answerCallbackQuery: (fields) => {
      const id = String(fields.callback_query_id);
      if (!updates.isPress(id))
        throw new Refusal(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
      const text = String(fields.text ?? '');
      if (text.length > 200) throw new Refusal(400, 'Bad Request: MESSAGE_TOO_LONG');
      answers.set(id, text);
      return true;
    },
    ...chats.methods,
  };

  async function carryOut(method: string, fields: Fields, request: IncomingMessage): Promise<unknown> {
    if (method === 'getUpdates') return updates.poll(fields, request);
    calls.push({ method, fields });
    const run = own[method];
    if (run === undefined) throw new Refusal(404, `Not Found: method ${method}`);
    return run(fields);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    const fields = await fieldsOf(request);
    const fault = faults.next(method);
    if (fault !== null && 'hangUp' in fault) {
      if (fault.hangUp === 'after') await carryOut(method, fields, request);
      request.socket.destroy();
      return;
    }
    if (fault !== null && 'garbage' in fault) return void response.end('<html>bad gateway</html>');
    if (fault !== null) {
      const parameters =
        fault.status === 429 ? { retry_after: fault.retryAfter } : { migrate_to_chat_id: fault.movedTo };
      const description = 'description' in fault ? fault.description : undefined;
      return reply(response, fault.status, {
        ok: false,
        error_code: fault.status,
        description: description ?? `scripted ${fault.status}`,
        parameters,
      });
    }
    if (token !== BOT_TOKEN) return reply(response, 401, { ok: false, error_code: 401, description: 'Unauthorized' });
    try {
      reply(response, 200, { ok: true, result: await carryOut(method, fields, request) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply(response, error.code, { ok: false, error_code: error.code, description: error.message });
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      updates.release();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    token: BOT_TOKEN,
    say: (who, text) => updates.say(who, text),
    press: (who, messageId, data) => updates.press(who, messageId, data),
    inject: (update) => updates.inject(update),
    pending: () => updates.pending(),
    faults,
    down: stop,
    up: () => listen(port),
    messages: (chat) => chats.messages.filter((message) => chat === undefined || message.chat === chat),
    calls: (method) => calls.filter((call) => method === undefined || call.method === method),
    answers: () => answers,
    commands: () => commands,
    close: async () => {
      if (server.listening) await stop();
    },
  };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** JSON, or multipart with files as bytes. */
async function fieldsOf(request: IncomingMessage): Promise<Fields> {
  const body = await buffer(request);
  const type = request.headers['content-type'] ?? '';
  if (type.includes('json')) return JSON.parse(body.toString('utf8')) as Fields;
  if (!type.includes('multipart')) return {};
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    fields[name] = typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer());
  }
  return fields;
}
