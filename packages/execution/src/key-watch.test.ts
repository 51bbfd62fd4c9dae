import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeyStatus, ZERO } from '@mexc-bot/core';
import { type PlaceOutcome, QueryFailed } from '@mexc-bot/exchange';
import { createManualClock } from '@mexc-bot/runtime';
import { openStore, type Store } from '@mexc-bot/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../test/support/silent-log.ts';
import { resumeEntries } from './account-stop.ts';
import { createKeyWatch } from './key-watch.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-'));
  store = openStore(join(folder, 'bot.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const works: KeyStatus = {
  state: 'working',
  canTrade: true,
  canWithdraw: false,
  canDeposit: true,
  permissions: ['SPOT'],
};
const expired: KeyStatus = { state: 'refused', fault: 'invalid', detail: 'code 700001' };
const ACCEPTED: PlaceOutcome = { outcome: 'accepted', exchangeOrderId: 'C02__1' };
const REFUSED: PlaceOutcome = {
  outcome: 'rejected',
  code: 'key',
  keyFault: 'no_permission',
  detail: 'HTTP 403 code 700007: No permission to access the endpoint',
};
const NO_LIMITS = { stopGuard: null, dailyLossFraction: null, dailyLossQuote: null, maxDrawdown: null };

/** A key whose account answers as scripted; it works and grants all unless told. */
function aKey(apiKey = 'mx0vglKey') {
  const script = {
    status: works as KeyStatus | 'no answer',
    outcome: ACCEPTED,
    queries: null as QueryFailed | null,
    account: null as QueryFailed | null,
  };
  const query = async <T>(answer: T, fault: QueryFailed | null): Promise<T> => {
    if (fault !== null) throw fault;
    return answer;
  };
  const watch = createKeyWatch(
    {
      checkKey: async () => {
        if (script.status === 'no answer') throw new QueryFailed('network', 'scripted');
        return script.status;
      },
      tradableSymbols: async () => new Set(),
      close: () => undefined,
      placeOrder: async () => script.outcome,
      findOrder: () => query(null, script.queries),
      orderTrades: () => query([], script.queries),
      openOrders: () => query([], script.queries),
      ordersSince: () => query([], script.queries),
      tradesSince: () => query([], script.queries),
      cancelOrder: async () => 'not_open',
      balances: () => query(new Map([['USDT', { asset: 'USDT', free: ZERO, locked: ZERO }]]), script.account),
    },
    {
      apiKey,
      policy: { allowWithdrawKey: false, createdAt: null },
      store,
      clock: createManualClock(0),
      log: silentLog,
      source: 'tracker',
    },
  );
  const order = () => watch.trading.placeOrder({} as never, 'mb_1');
  const lookUp = () => watch.trading.findOrder('PEPEUSDT', 'mb_1').catch(() => null);
  const readAccount = () => watch.trading.balances().catch(() => null);
  return { watch, script, order, lookUp, readAccount };
}
const stopped = () => store.state.entriesStopped('live');
const told = () =>
  store.alerts
    .recent(9)
    .map(({ rank }) => rank)
    .reverse();

describe('the check of a key', () => {
  it('that is refused stops buys at once and is told once; one that works again lets them go on', async () => {
    const { watch, script } = aKey();
    await watch.check();
    expect([stopped(), told()]).toEqual([null, []]);
    script.status = expired;
    await watch.check();
    await watch.check();
    expect([stopped(), told()]).toEqual(['key_invalid', ['alarm']]);
    script.status = works;
    await watch.check();
    expect([stopped(), told()]).toEqual([null, ['alarm', 'notice']]);
  });

  it('changes nothing while it has no answer', async () => {
    const { watch, script } = aKey();
    script.status = expired;
    await watch.check();
    script.status = 'no answer';
    await expect(watch.check()).rejects.toThrow(QueryFailed);
    expect([stopped(), told()]).toEqual(['key_invalid', ['alarm']]);
  });

  it('stops buys of one that may withdraw, and says the same again when it returns months later', async () => {
    const { watch, script } = aKey();
    script.status = { ...works, canWithdraw: true };
    await watch.check();
    await watch.check();
    expect([stopped(), told()]).toEqual(['key_may_withdraw', ['alarm']]);
    script.status = works;
    await watch.check();
    script.status = { ...works, canWithdraw: true };
    await watch.check();
    expect(told()).toEqual(['alarm', 'notice', 'alarm']);
  });

  it('that is refused forgets nothing: a key that may withdraw still may when its account can be read again', async () => {
    const { watch, script, readAccount } = aKey();
    script.status = { ...works, canWithdraw: true };
    await watch.check();
    script.status = expired;
    await watch.check();
    await readAccount();
    expect(stopped()).toBe('key_may_withdraw');
  });

  it('counts for the key it was made of alone', async () => {
    const { watch } = aKey();
    await watch.check();
    expect(watch.judgedWallAt()).toBe(0);
    expect(aKey('mx0vglOther').watch.judgedWallAt()).toBeNull();
  });
});

describe('a key that reads but may not order', () => {
  it('stops buys and alarms at the first refusal, and is to be checked at once', async () => {
    const { watch, script, order } = aKey();
    await watch.check();
    expect(watch.checkIsDue()).toBe(false);
    script.outcome = REFUSED;
    await order();
    await order();
    expect([stopped(), told(), watch.checkIsDue()]).toEqual(['key_orders_refused', ['alarm'], true]);
    expect(store.alerts.recent(1)[0]).toMatchObject({
      kind: 'api_key',
      mode: 'live',
      detail: { words: expect.stringMatching(/lacks a permission.*700007.*\/resume/) },
    });
  });

  it('stays stopped however well the account can be read, over a restart too', async () => {
    const first = aKey();
    first.script.outcome = REFUSED;
    await first.order();
    await first.watch.check();
    await first.readAccount();
    await first.lookUp();
    const { watch } = aKey();
    await watch.check();
    expect([stopped(), told(), watch.checkIsDue()]).toEqual(['key_orders_refused', ['alarm'], false]);
  });

  it('goes on when an order is taken again, as an exit may be', async () => {
    const { script, order } = aKey();
    script.outcome = REFUSED;
    await order();
    script.outcome = ACCEPTED;
    await order();
    expect([stopped(), told()]).toEqual([null, ['alarm', 'notice']]);
  });

  it('goes on at the owner’s word, and alarms again where that does not help', async () => {
    const { script, order } = aKey();
    script.outcome = REFUSED;
    await order();
    expect(resumeEntries(store, 'live', NO_LIMITS, 0, 0)).toMatchObject({ ordersRetried: true });
    expect(stopped()).toBeNull();
    await order();
    expect([stopped(), told()]).toEqual(['key_orders_refused', ['alarm', 'alarm']]);
  });

  it('goes on with another key', async () => {
    const { script, order } = aKey();
    script.outcome = REFUSED;
    await order();
    aKey('mx0vglOther');
    expect(stopped()).toBeNull();
  });

  it('goes on when the account had been refused as well and can be read again: the whole key was out of order', async () => {
    const { watch, script, order } = aKey();
    script.outcome = REFUSED;
    await order();
    script.status = { state: 'refused', fault: 'ip_not_listed', detail: 'code 700006' };
    await watch.check();
    expect(stopped()).toBe('key_ip_not_listed');
    script.status = works;
    await watch.check();
    expect(stopped()).toBeNull();
  });
});

describe('a query that is refused', () => {
  const noPermission = new QueryFailed('key', 'order mb_1: code 700007');

  it('about an order stops buys until such a query is answered, whatever the account says', async () => {
    const { watch, script, order, lookUp } = aKey();
    script.queries = noPermission;
    await lookUp();
    await watch.check();
    await order();
    expect([stopped(), told()]).toEqual(['key_order_queries_refused', ['alarm']]);
    script.queries = null;
    await lookUp();
    expect([stopped(), told()]).toEqual([null, ['alarm', 'notice']]);
  });

  it('about the account stops buys until it can be read', async () => {
    const { script, readAccount } = aKey();
    script.account = new QueryFailed('key', 'account: code 10072');
    await readAccount();
    expect([stopped(), told()]).toEqual(['key_invalid', ['alarm']]);
    script.account = null;
    await readAccount();
    expect([stopped(), told()]).toEqual([null, ['alarm', 'notice']]);
  });

  it('for another reason says nothing of the key', async () => {
    const { script, lookUp, readAccount } = aKey();
    script.queries = new QueryFailed('network', 'scripted');
    script.account = new QueryFailed('rate_limited', 'scripted');
    await lookUp();
    await readAccount();
    expect([stopped(), told()]).toEqual([null, []]);
  });
});
