import type { RequestBudget } from '@mexc-bot/core';
import type { SigningClock } from '../src/mexc-client.ts';
import { createMexcTrading, type MexcTrading } from '../src/mexc-trading.ts';
import { aBudget, aClock, NOW } from './builders.ts';
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from './scripted-server.ts';

/** The page of a proxy or firewall, where the exchange's JSON was expected. */
export const HTML = '<html><head><title>Access Denied</title></head></html>';
export const SECRET = '45d0b3c26f2644f19bfb98b07741b2f5';

/** A MEXC account on a scripted server; both are added to `opened` for the test to close. */
export async function aMexcAccount(
  opened: { close(): unknown }[],
  answer: (request: SeenRequest) => Reply,
  options: {
    now?: () => number;
    speed?: () => number;
    apiKey?: string;
    budget?: RequestBudget;
    resync?: SigningClock['resync'];
  } = {},
): Promise<{ server: ScriptedServer; account: MexcTrading }> {
  const server = await startScriptedServer(answer);
  const account = createMexcTrading({
    restUrl: server.url,
    clock: aClock(options),
    timeoutMs: 250,
    apiKey: options.apiKey ?? 'mx0key',
    apiSecret: options.apiKey === '' ? '' : SECRET,
    recvWindowMs: 5000,
    budget: options.budget ?? aBudget(),
    signing: { now: options.now ?? (() => NOW), resync: options.resync ?? (async () => false) },
  });
  opened.push(account, server);
  return { server, account };
}
