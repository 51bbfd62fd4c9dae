import { afterEach, expect, it } from 'vitest';
import { aMexcAccount, HTML } from '../test/mexc-account.ts';
import type { Reply } from '../test/scripted-server.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const check = async (reply: Reply) => {
  const { account, server } = await aMexcAccount(opened, () => reply);
  return { status: account.checkKey(), server };
};

it('reads what a working key may do, by one signed request', async () => {
  const body = {
    canTrade: true,
    canWithdraw: false,
    canDeposit: true,
    updateTime: null,
    accountType: 'SPOT',
    balances: [],
    permissions: ['SPOT'],
  };
  const { status, server } = await check({ body });
  expect(await status).toEqual({
    state: 'working',
    canTrade: true,
    canWithdraw: false,
    canDeposit: true,
    permissions: ['SPOT'],
  });
  expect(server.requests.map(({ path }) => path)).toEqual(['/api/v3/account']);
  expect(server.requests[0]?.query.has('signature')).toBe(true);
});

it.each([
  [400, 700001, 'API-key format invalid', 'invalid'],
  [400, 10072, 'invalid access key', 'invalid'],
  [401, 402, 'API Key expired', 'invalid'],
  [400, 700002, 'Signature for this request is not valid.', 'signature'],
  [400, 602, 'Signature verification failed', 'signature'],
  [400, 700006, 'IP [1.2.3.4] not in the ip white list', 'ip_not_listed'],
  [403, 406, 'Accessing IP is not in the whitelist', 'ip_not_listed'],
  [400, 700007, 'No permission to access the endpoint', 'no_permission'],
  [400, 70011, 'Pair user ban trade apikey.', 'account'],
  [400, 400, 'api key required', 'invalid'],
])('HTTP %i code %i "%s" is a refused key: %s', async (status, code, msg, fault) => {
  const refused = await (await check({ status, body: { code, msg } })).status;
  expect(refused).toMatchObject({ state: 'refused', fault, detail: expect.stringContaining(msg) });
});

it('a bare HTTP 401 is a refused key', async () => {
  expect(await (await check({ status: 401, body: HTML })).status).toMatchObject({ state: 'refused', fault: 'invalid' });
});

it.each<[string, Reply, string]>([
  ['a drop', 'drop', 'network'],
  ['silence', 'hang', 'network'],
  ['HTTP 500', { status: 500, body: { code: 500, msg: 'Internal error' } }, 'network'],
  ['a rate limit', { status: 429, body: {} }, 'rate_limited'],
  ['a wrong clock', { status: 400, body: { code: 700003, msg: 'recvWindow' } }, 'clock'],
  ['the firewall’s page', { status: 403, body: HTML }, 'network'],
  ['an account without rights', { body: { balances: [] } }, 'malformed'],
])('%s says nothing of the key', async (_, reply, kind) => {
  await expect((await check(reply)).status).rejects.toMatchObject({ name: 'QueryFailed', kind });
});
