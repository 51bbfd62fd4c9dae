import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal, emptyColumns } from '@mexc-bot/core';
import { createSystemClock, suiteRoot } from '@mexc-bot/runtime';
import { createMemoryBudgetLedger, createRequestBudget, openStore, type Store } from '@mexc-bot/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBids } from '../../apps/telegram/src/prices.ts';
import { createRunTool } from '../../apps/telegram/src/run-tool.ts';
import type { ShownMessage } from '../support/bot-api/chats.ts';
import { anOrder } from '../support/builders.ts';
import { silentLog } from '../support/silent-log.ts';
import { API_KEY, SECRET, type SimulatedExchange, startExchange } from '../support/simulated-exchange.ts';
import { writeModels } from '../support/some-models.ts';
import { fillBooks } from '../support/telegram-books.ts';
import { OWNER, startTelegramRig, type TelegramRig, VIEWER } from '../support/telegram-rig.ts';

/** The smallest picture there is. */
const PNG = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

/** What is looked for in the answers, by language. */
const WORDS = {
  en: {
    cancel: 'Cancel',
    stop: 'Stop',
    sell: 'Sell',
    panic: 'SELL EVERYTHING',
    live: 'Go live',
    del: 'Delete',
    close: 'Close',
    refresh: 'Refresh',
    older: 'older',
    online: 'online',
    stopped: 'stopped',
    took: 'Took',
    tooLate: 'no longer good',
    cancelled: 'nothing was done',
    unknown: 'Did you mean /status?',
    dataAge: 'the newest candle closed',
    write: 'Write',
    rebuilt: 'The tracker guards them from now on',
    nothingToRebuild: 'Nothing to rebuild: the books know every coin our orders bought.',
  },
  lv: {
    cancel: 'Atcelt',
    stop: 'Apturēt',
    sell: 'Pārdot',
    panic: 'PĀRDOT VISU',
    live: 'Sākt live',
    del: 'Dzēst',
    close: 'Aizvērt',
    refresh: 'Atjaunot',
    older: 'vecāki',
    online: 'darbojas',
    stopped: 'apturēts',
    took: 'Ilga',
    tooLate: 'vairs nav derīga',
    cancelled: 'nekas nav izdarīts',
    unknown: 'Vai domāji /status?',
    dataAge: 'jaunākā svece noslēdzās pirms',
    write: 'Ierakstīt',
    rebuilt: 'Trekeris tās tagad sargā',
    nothingToRebuild: 'Nav ko atjaunot: grāmatas zina visas monētas, ko pirka mūsu rīkojumi.',
  },
} as const;

/** Coins on the paper account that an order of ours bought, as after a database that was lost. */
function boughtUnbooked(store: Store, market: string): void {
  const base = market.replace(/USDT$/, '');
  const [quantity, price] = [new Decimal(10), new Decimal(1)];
  const order = {
    exchangeOrderId: 'paper_back',
    clientOrderId: 'mb_back',
    market,
    side: 'buy',
    state: 'filled',
  } as const;
  const trade = { tradeId: 'back_1', exchangeOrderId: 'paper_back', market, side: 'buy', feeAsset: 'USDT' } as const;
  store.paper.settle((account) => ({
    order: { ...order, quantity, filled: quantity },
    trades: [{ ...trade, price, quantity, fee: new Decimal(0), at: Date.now() - 60_000 }],
    account: new Map([...account, [base, quantity]]),
  }));
}

describe.each(['en', 'lv'] as const)('the whole conversation, in "%s"', { timeout: 120_000 }, (language) => {
  const words = WORDS[language];
  const drawn: string[] = [];
  let rig: TelegramRig;
  let store: Store;
  let exchange: SimulatedExchange;
  let symbols: string[];
  let first = '';

  const say = (text: string): Promise<ShownMessage> => rig.say(text);
  const statusOf = async (name: string) => (await rig.pm2.list()).find((row) => row.name === name)?.status ?? 'none';
  const lastAudit = () => rig.store.audit.recent(1)[0];
  beforeAll(async () => {
    exchange = await startExchange({ tokens: 20 });
    const restUrl = exchange.simulator.url;
    const port = Number(new URL(restUrl).port);
    const clock = createSystemClock();
    const budget = createRequestBudget({ ledger: createMemoryBudgetLedger(), clock, exitReserve: 0.3 });
    const env = { MEXC_API_KEY: API_KEY, MEXC_API_SECRET: SECRET };
    const tool: { run: ReturnType<typeof createRunTool> | null } = { run: null };
    rig = await startTelegramRig({
      settings: {
        telegram: { language },
        exchange: { venue: 'simulator' },
        simulator: { port, speed: 1, tokens: 20 },
        reconcile: { confirmSeconds: 1 },
        collect: { csvFolder: 'csv' },
      },
      env,
      deps: {
        bids: createBids({ restUrl, budget, log: silentLog }),
        runTool: (app, args) => tool.run!(app, args),
        pictures: {
          equity: (mode) => {
            drawn.push(`equity ${mode}`);
            return Promise.resolve(PNG);
          },
          daily: (mode, rows, days) => {
            drawn.push(`daily ${mode} ${rows.length} ${days.length}`);
            return Promise.resolve(PNG);
          },
          candleChart: (id) => {
            drawn.push(`chart ${id}`);
            // refused by Telegram: the text must come all the same
            return Promise.resolve(id === 'p_test' ? PNG : new Uint8Array([1, 2, 3]));
          },
        },
      },
    });
    tool.run = createRunTool(suiteRoot(), {
      ...process.env,
      ...env,
      SETTINGS_FILE: join(rig.folder, 'settings.json'),
      DATABASE: rig.settings.database,
    });
    store = openStore(rig.settings.database);
    const listed = (await exchange.get('/api/v3/ticker/price')).rows.map((row) => String(row.symbol));
    symbols = listed.filter((id) => id.endsWith('USDT') && id !== 'BTCUSDT');
    first = symbols[0]!.replace(/USDT$/, '');
    fillBooks(store, symbols, new Decimal(await exchange.price(symbols[0]!)));
    await writeModels(rig.settings.ai.folder, store);
  });
  afterAll(async () => {
    store.close();
    await rig.close();
    await exchange.simulator.close();
  });

  it('help names every command, and so does the list of the phone', async () => {
    const help = await say('/start');
    const listed = rig.api.commands().get('')!;
    expect(listed.length).toBeGreaterThanOrEqual(34);
    for (const { command } of listed) expect(help.text).toContain(`/${command}`);
    expect(rig.api.commands().get(language)).toEqual(listed);
    expect(help.text.startsWith('TEST')).toBe(true);
    expect((await say('/sttaus')).text).toContain(words.unknown);
  });

  it('startbot, restartbot and stopbot move PM2, and say the state after', async () => {
    const started = await say('/startbot');
    expect(started.text).toContain(`tracker: ${words.online}`);
    expect(started.text).toContain(words.took);
    expect([await statusOf('scanner'), await statusOf('tracker')]).toEqual(['online', 'online']);
    const { pid } = rig.began('tracker');
    await say('/restartbot');
    expect(rig.began('tracker').pid).not.toBe(pid);

    const asked = await say('/stopbot');
    expect(asked.text).toContain('2');
    expect(await statusOf('tracker')).toBe('online');
    expect((await rig.press(asked, words.cancel)).text).toContain(words.cancelled);
    expect(await statusOf('tracker')).toBe('online');
    const stopped = await rig.press(await say('/stopbot'), words.stop);
    expect(stopped.text).toContain(`tracker: ${words.stopped}`);
    expect([await statusOf('scanner'), await statusOf('tracker')]).toEqual(['stopped', 'stopped']);
    expect(lastAudit()).toMatchObject({ command: 'stopbot', outcome: expect.stringContaining('confirmed: done') });
  });

  it('a start that fails shows the last lines of the log', async () => {
    const main = join(rig.folder, 'apps', 'tracker', 'dist', 'main.js');
    writeFileSync(main, `console.error('hype.maxSpread = 7: must be <at most> 1'); process.exit(2);`);
    const failed = await say('/startbot');
    expect(failed.text).toContain('hype.maxSpread = 7: must be <at most> 1');
    expect(await statusOf('tracker')).toBe('none');
    writeFileSync(
      main,
      `process.on('SIGINT', () => process.exit(0)); setInterval(() => undefined, 1000); process.send('ready');`,
    );
    await say('/startbot');
    expect(await statusOf('tracker')).toBe('online');
  });

  it('a scanner that does not start takes no tracker down', async () => {
    const main = join(rig.folder, 'apps', 'scanner', 'dist', 'main.js');
    const good = readFileSync(main, 'utf8');
    writeFileSync(main, `console.error('models cannot be read'); process.exit(1);`);
    await rig.pm2.remove(['scanner', 'tracker']);
    const failed = await say('/startbot');
    expect(failed.text).toContain('models cannot be read');
    expect([await statusOf('scanner'), await statusOf('tracker')]).toEqual(['none', 'online']);
    const failedAgain = await say('/restartbot');
    expect(failedAgain.text).toContain(`tracker: ${words.online}`);
    expect(await statusOf('tracker')).toBe('online');
    writeFileSync(main, good);
    await say('/startbot');
  });

  it('status is a table with buttons that work', async () => {
    store.heartbeats.beat({
      process: 'tracker',
      pid: (await rig.pm2.list()).find((row) => row.name === 'tracker')!.pid!,
      wallAt: Date.now() - 3_000,
      marketAt: Date.now(),
      cycles: 5,
      failures: 2,
      lastError: 'no <price>',
      memoryMb: 50,
    });
    const until = (Math.floor(Date.now() / 300_000) - 1) * 300_000;
    store.candles.put(symbols[0]!, '5m', {
      range: { from: until - 600_000, until },
      candles: emptyColumns(0),
      looks: 1,
    });
    const status = await say('/status');
    expect(status.text).toMatch(new RegExp(`${words.dataAge} ([5-9]|10) min`));
    expect(status.text).toMatch(/● tracker\s+\d\.\d s/);
    expect(status.text).toContain('no <price>');
    store.state.setPaused(true, Date.now());
    const refreshed = await rig.press(status, words.refresh);
    expect(refreshed.id).toBe(status.id);
    expect(refreshed.text).toMatch(/PAUSED|PAUZE/);
    store.state.setPaused(false, Date.now());
    await rig.press(status, '⏹ scanner');
    expect(await statusOf('scanner')).toBe('stopped');
    // the table knows a stopped one by its start button
    await rig.press(await say('/status'), '▶️ scanner');
    expect(await statusOf('scanner')).toBe('online');
    const asked = await rig.press(status, '⏹ tracker');
    expect(await statusOf('tracker')).toBe('online');
    await rig.press(asked, words.cancel);
    expect((await say('/ping')).text).toMatch(/MB/);
  });

  it('stopall asks, and leaves nothing but the bot', async () => {
    const asked = await say('/stopall');
    expect(asked.text).toContain('scanner');
    await rig.press(asked, words.stop);
    expect((await rig.pm2.list()).filter((row) => row.status === 'online')).toEqual([]);
    expect((await say('/restarloop')).text.length).toBeGreaterThan(10);
    expect(lastAudit()).toMatchObject({ command: 'restarloop', outcome: 'refused: not under PM2' });
    await say('/startbot');
  });

  it('training is a process with arguments', async () => {
    const started = await say(`/starttrain symbol ${first.toLowerCase()}`);
    expect(started.text).toContain('trainer');
    expect(rig.began('trainer').args).toEqual(['symbol', symbols[0]]);
    expect(await statusOf('trainer')).toBe('online');
    await say('/starttrain all');
    expect(rig.began('trainer').args).toEqual(['symbol', symbols[0]]);
    await say('/stoptrain');
    expect(await statusOf('trainer')).toBe('stopped');
    await say('/retrainfeedback');
    expect(rig.began('trainer').args).toEqual(['feedback']);
    await say('/stoptrain');
    expect((await say('/starttrain everything')).text).toContain('pending, all, symbol');
  });

  it('pause and resume, the mode and back', async () => {
    await say('/pause');
    expect(store.state.paused()).toBe(true);
    await say('/resume');
    expect(store.state.paused()).toBe(false);
    const asked = await say('/testmode_off');
    expect(store.state.mode() ?? 'test').toBe('test');
    const live = await rig.press(asked, words.live);
    expect(store.state.mode()).toBe('live');
    expect(live.text.startsWith('LIVE')).toBe(true);
    // pressed again: said so, and nothing else
    const id = rig.api.press({ user: OWNER }, asked.id, asked.buttons[0]?.data ?? 'qy:AAAAAAAAAAAAAAAA');
    await expect.poll(() => rig.api.answers().get(`press${id}`)).toContain(words.tooLate);
    await say('/testmode_on');
    expect(store.state.mode()).toBe('test');
    expect((await say('/teststatus')).text).toContain('USDT');
  });

  it('results: summary, performance, daily, balance, of either mode', async () => {
    const summary = await say('/summary');
    expect(summary.photo).not.toBeNull();
    expect(summary.text).toMatch(/\+0\.990\s+1\/2/);
    expect(drawn).toContain('equity test');
    expect((await say('/testsummary')).text.startsWith('TEST')).toBe(true);
    expect((await say('/summary live')).text.startsWith('LIVE')).toBe(true);
    const performance = await say('/performance 7');
    expect(performance.text).toContain('+0.99');
    expect(performance.photo).not.toBeNull();
    expect((await say('/performance live 1')).text).toMatch(/^LIVE/);
    expect((await say('/performance 0')).text).toContain('365');
    const daily = await say('/daily');
    expect(daily.text).toMatch(/\+2\.00\s+1\/1/);
    expect(daily.photo).not.toBeNull();
    expect(drawn).toContain('daily test 2 14');
    const balance = await say('/balance');
    expect(balance.text).toMatch(/500/);
    const own = await say('/balance live');
    expect(own.text).toMatch(/^LIVE/);
    expect(own.text).toMatch(/1,000/);
  });

  it('positions: a table, one as a chart, the text where Telegram refuses the picture', async () => {
    const list = await say('/tracked');
    expect(list.text).toContain(first);
    expect(list.text).toMatch(/0\/3/);
    const one = await say(`/tracked ${first}`);
    expect(one.photo).not.toBeNull();
    expect(one.text).toContain('0.80');
    const unpictured = await say(`/tracked live ${symbols[1]}`);
    expect([unpictured.photo, unpictured.text.startsWith('LIVE')]).toEqual([null, true]);
    expect((await say('/testtracked')).text.startsWith('TEST')).toBe(true);
    expect((await say('/tracked NOSUCHCOIN')).text).toContain(first);
    const misspelt = `${first.slice(0, -1)}${first.at(-1) === 'X' ? 'Y' : 'X'}`;
    expect((await say(`/why ${misspelt}`)).text).toContain(first);
  });

  it('activity and why', async () => {
    const activity = await say('/activity');
    expect(activity.text).toMatch(language === 'lv' ? /apjoms par mazu\s+35/ : /too little volume\s+35/);
    expect(activity.text).toMatch(language === 'lv' ? /nav modeļa\s+1/ : /no model\s+1/);
    const older = await rig.press(activity, words.older);
    expect(older.id).toBe(activity.id);
    expect(older.text).toContain('thing 3');
    expect((await say('/testactivity 2')).text).toContain('thing 3');
    expect((await say('/activity 99')).text).toMatch(/1.+2/);
    const why = await say(`/why ${first}`);
    expect(why.text).toContain('0.83');
    expect(why.text).toMatch(
      language === 'lv' ? /✓ pieaugums\s+0\.0340\s+>= 0\.0200/ : /✓ gain\s+0\.0340\s+>= 0\.0200/,
    );
    expect(why.text).toMatch(language === 'lv' ? /nav modeļa/ : /no model/);
  });

  it('models: what they can do, stale ones deleted first, all only after a second question', async () => {
    const models = await say('/models');
    expect(models.text).toMatch(/pooled\s+0\.61\s+0\.58–0\.64\s+−0\.4 %/);
    const askedAll = await rig.press(await say('/clearmodels'), words.del);
    expect((await say('/models')).text).not.toContain('PEPE');
    await rig.press(askedAll, words.del);
    expect((await say('/models')).text).toContain('/starttrain');
  });

  it('sell and panic ask, and leave requests to the tracker', async () => {
    const asked = await say(`/sell ${first}`);
    expect(asked.text).toContain(first);
    expect(store.requests.next()).toBeUndefined();
    await rig.press(asked, `${words.sell} ${first}`);
    expect(store.requests.next()).toMatchObject({
      kind: 'sell',
      market: symbols[0],
      mode: 'test',
      by: `telegram ${OWNER}`,
    });
    store.requests.done(store.requests.next()!.id, { code: 'selling', markets: [symbols[0]!] }, Date.now());

    const panic = await say('/panic');
    expect([panic.text.includes('TEST'), panic.text.includes('LIVE')]).toEqual([true, true]);
    expect(store.state.paused()).toBe(false);
    await rig.press(panic, words.panic);
    expect(store.state.paused()).toBe(true);
    expect(store.requests.next()).toMatchObject({ kind: 'panic', market: null, mode: null });
    await say('/resume');
  });

  it('upkeep: resync, cleartracked, cleanup, settings', async () => {
    expect((await say('/resync')).text).toBe(`TEST ${words.nothingToRebuild}`);
    const lost = anOrder({ mode: 'test', clientOrderId: 'mb_lost', positionId: 'p_lost', market: symbols[1]! });
    store.orders.intend({ ...lost, createdWallAt: Date.now() - 600_000 });
    const unclear = (await say('/resync')).text;
    expect(unclear).toMatch(/^TEST/);
    for (const told of [words.nothingToRebuild, symbols[1]!, '10 min', 'mb_lost']) expect(unclear).toContain(told);
    store.orders.advance('mb_lost', 'absent', { at: 0 });
    const asked = await say('/cleartracked');
    expect(asked.text).toContain(symbols[0]);
    await rig.press(asked, words.close);
    expect(store.positions.open('test')).toEqual([]);
    expect(store.positions.get('p_test')).toMatchObject({ state: 'closed', closeReason: 'gone' });
    boughtUnbooked(store, symbols[3]!);
    const missing = await say('/resync');
    expect(missing.text).toContain(symbols[3]);
    const rebuilt = await rig.press(missing, words.write);
    expect(rebuilt.text).toContain(words.rebuilt);
    expect(store.positions.open('test').map(({ market }) => market)).toEqual([symbols[3]]);
    mkdirSync(join(rig.folder, 'csv'), { recursive: true });
    expect((await say('/cleanup')).text).toMatch(/Cleaned up|Iztīrīts/);
    expect((await say('/settings')).text).toContain('protections');
    expect((await say('/settings protections')).text).toContain('cooldownMinutes 60');
    expect((await say('/settings protection')).text).toContain('protections');
    expect(JSON.stringify(rig.api.messages())).not.toContain(SECRET);
  });

  it('cleartestdata is refused while something is open, shows the counts, deletes test rows only', async () => {
    store.orders.intend(anOrder({ mode: 'test', clientOrderId: 'mb_open', positionId: 'px' }));
    expect((await say('/cleartestdata')).text).toContain('force');
    expect(store.testData.count()).toMatchObject({ candidate: 2 });
    const asked = await say('/cleartestdata force');
    expect(asked.text).toMatch(/candidate\s+2/);
    await rig.press(asked, words.del);
    expect(store.testData.count()).toEqual({ paper_balance: 1 });
    expect(store.positions.open('live')).toHaveLength(1);
    expect(store.positions.closed('live', 0)).toHaveLength(1);
  });

  it('a viewer looks and changes nothing, and every command is in the audit', async () => {
    expect((await rig.say('/summary live', VIEWER)).text).toMatch(/^LIVE/);
    const before = store.audit.recent(500).length;
    await rig.say('/pause', VIEWER);
    expect(store.state.paused()).toBe(false);
    expect(store.audit.recent(500).length).toBe(before + 1);
    expect(lastAudit()).toMatchObject({ userId: VIEWER, command: 'pause', outcome: 'refused: viewer' });
    expect((await rig.say('/help', VIEWER)).text).not.toContain('/panic');
    const asked = await say('/testmode_off');
    const id = rig.api.press({ user: VIEWER, chat: OWNER }, asked.id, asked.buttons[0]!.data);
    await expect.poll(() => rig.api.pending()).toBe(0);
    expect([rig.api.answers().has(`press${id}`), store.state.mode()]).toEqual([false, 'test']);
    await rig.press(asked, words.cancel);
  });
});
