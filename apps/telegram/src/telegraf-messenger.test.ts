import { afterAll, beforeAll, expect, it } from 'vitest';
import { BOT_TOKEN, type BotApi, startBotApi } from '../../../test/support/bot-api/server.ts';
import { createTelegrafMessenger } from './telegraf-messenger.ts';

let api: BotApi;
let telegram: ReturnType<typeof createTelegrafMessenger>;
beforeAll(async () => {
  api = await startBotApi();
  telegram = createTelegrafMessenger({ token: BOT_TOKEN, apiRoot: api.url });
});
afterAll(async () => {
  telegram.close();
  await api.close();
});

it.each([
  [403, 'Forbidden: bot was blocked by the user', 'chat_closed'],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'chat_closed'],
  [400, 'Bad Request: chat not found', 'chat_closed'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'chat_closed'],
  [400, "Bad Request: can't parse entities: unexpected end tag", 'refused'],
  [400, 'Bad Request: message is too long', 'refused'],
  [400, 'Bad Request: message to edit not found', 'message_gone'],
  [502, 'Bad Gateway', 'unreachable'],
] as const)('a message answered with %i "%s" is %s', async (status, description, code) => {
  api.faults.add({ kind: { status, description } });
  expect(await telegram.sendText(1, { html: 'a' })).toMatchObject({ ok: false, failure: { code } });
});

it('a group that became a supergroup is closed under its old id, and the new one is said', async () => {
  const description = 'Bad Request: group chat was upgraded to a supergroup chat';
  api.faults.add({ kind: { status: 400, description, movedTo: -1_001_234 } });
  const sent = await telegram.sendText(-1, { html: 'a' });
  expect(sent).toMatchObject({ ok: false, failure: { code: 'chat_closed' } });
  expect(!sent.ok && 'message' in sent.failure && sent.failure.message).toContain('its id is now -1001234');
});
