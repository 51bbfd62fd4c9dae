import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restUrl } from './exchange-urls.ts';
import { SettingsError } from './faults.ts';
import { findDatabase, loadSettings } from './load.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (settings: unknown): void => writeFileSync(join(root, 'settings.json'), JSON.stringify(settings));
const writeEnv = (text: string): void => writeFileSync(join(root, '.env'), text, { mode: 0o600 });

function faultsWith(env: Record<string, string> = {}): Record<string, string> {
  try {
    loadSettings(env, { root });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return Object.fromEntries(
      error.faults.map(({ path, value, problem }) => [path, value === undefined ? problem : `${value}: ${problem}`]),
    );
  }
  throw new Error('the settings were accepted');
}

describe('settings without any file', () => {
  it('are the defaults: test mode against the simulator', () => {
    const settings = loadSettings({}, { root });
    expect(settings).toMatchObject({ mode: 'test', venue: 'simulator', root, warnings: [] });
    expect(settings.stake.test).toEqual({ min: 3, max: 15 });
    expect(settings.secrets).toEqual({
      mexcApiKey: null,
      mexcApiSecret: null,
      telegramBotToken: null,
      telegramAllowedIds: [],
    });
  });

  it('have absolute paths under the root', () => {
    const settings = loadSettings({}, { root });
    expect(settings.database).toBe(join(root, 'data/bot.db'));
    expect(settings.log.folder).toBe(join(root, 'data/logs'));
    expect(settings.simulator.stateFolder).toBe(join(root, 'data/simulator'));
  });

  it('cannot be changed afterwards', () => {
    const settings = loadSettings({}, { root });
    expect(() => Object.assign(settings.stake.test, { max: 1e9 })).toThrow(TypeError);
    expect(Object.isFrozen(settings.position.exits.simple[0]?.takeProfits)).toBe(true);
    expect(Object.isFrozen(settings.secrets)).toBe(true);
  });
});

describe('where a value comes from', () => {
  it('settings.json overrides single keys and leaves their neighbours at the default', () => {
    write({ $schema: './docs/settings.schema.json', stake: { test: { max: 20 } } });
    expect(loadSettings({}, { root }).stake).toEqual({
      test: { min: 3, max: 20 },
      live: { min: 5, max: 50 },
      equityFraction: 0.05,
    });
  });

  it('the environment wins over .env, and .env over settings.json', () => {
    write({ simulator: { speed: 10, seed: 3, port: 9000 } });
    writeEnv('SIM_SPEED=20\nSIM_SEED=4\n');
    const { simulator } = loadSettings({ SIM_SPEED: '30', SIM_SEED: '', SIM_DATA: 'candles' }, { root });
    expect(simulator).toMatchObject({ speed: 30, seed: 4, port: 9000, dataFolder: join(root, 'candles') });
  });

  it('DATABASE and SETTINGS_FILE name other files', () => {
    writeFileSync(join(root, 'other.json'), '\uFEFF{"scan":{"everySeconds":30}}');
    const settings = loadSettings({ DATABASE: 'x/y.db', SETTINGS_FILE: 'other.json' }, { root });
    expect(settings.scan.everySeconds).toBe(30);
    expect(settings.database).toBe(join(root, 'x/y.db'));
    expect(faultsWith({ SETTINGS_FILE: 'none.json' })).toHaveProperty('SETTINGS_FILE');
  });

  it('an API key makes it MEXC unless the venue is named', () => {
    writeEnv('MEXC_API_KEY="the-key"\nMEXC_API_SECRET=the-secret # comment\nTELEGRAM_ALLOWED_IDS=12, -1003\n');
    const settings = loadSettings({}, { root });
    expect(settings.venue).toBe('mexc');
    expect(settings.secrets).toMatchObject({
      mexcApiKey: 'the-key',
      mexcApiSecret: 'the-secret',
      telegramAllowedIds: [12, -1003],
    });
    write({ exchange: { venue: 'simulator' } });
    expect(loadSettings({}, { root }).venue).toBe('simulator');
  });
});

describe('faults', () => {
  it('are all told at once, with path, value and what is allowed', () => {
    write({
      scan: { everySeconds: '60' },
      mode: 'paper',
      stake: { test: { min: 20 } },
      prices: 5,
      log: { level: 'loud' },
    });
    const faults = faultsWith({ SIM_SPEED: 'fast' });
    expect(faults).toEqual({
      'scan.everySeconds': '"60": must be a whole number from 5 to 3600',
      mode: '"paper": must be "test" or "live"',
      'stake.test.max': '15: must be at least `stake.test.min` (20)',
      prices: '5: must be a section { pollMs, stream, staleAfterMs }',
      'log.level': '"loud": must be "error" or "warn" or "info" or "debug"',
      'SIM_SPEED (environment)': '"fast": must be a number from 1 to 600',
    });
  });

  it('stand one a line in the message', () => {
    write({ scan: { everySeconds: 1, maxCandidates: 0 } });
    expect(() => loadSettings({}, { root })).toThrow(/\n {2}scan\.everySeconds = 1: .*\n {2}scan\.maxCandidates = 0: /);
  });

  it('of an edit are told by its name', () => {
    write({ scan: { everySeconds: 30 } });
    const edited = (scan: object) =>
      loadSettings({}, { root, edit: { name: 'the edit', change: (content) => ({ ...(content as object), scan }) } });
    expect(edited({ everySeconds: 45 }).scan.everySeconds).toBe(45);
    expect(() => edited({ everySeconds: 1 })).toThrow('a fault in the settings (the edit):\n  scan.everySeconds = 1');
  });

  it('suggest the key that was meant, in another section too', () => {
    write({ scna: {}, scan: { maxCandidate: 3 }, maxSpread: 1, zzz: 1 });
    expect(faultsWith()).toEqual({
      scna: 'is unknown; did you mean `scan`?',
      'scan.maxCandidate': 'is unknown; did you mean `maxCandidates`?',
      maxSpread: 'is unknown; did you mean `hype.maxSpread`?',
      zzz: 'is unknown',
    });
  });

  it('do not trip over keys that every object has', () => {
    writeFileSync(join(root, 'settings.json'), '{"__proto__": {"scan": 1}, "constructor": 1, "scan": {"toString": 1}}');
    expect(Object.keys(faultsWith()).sort()).toEqual(['__proto__', 'constructor', 'scan.toString']);
  });

  it.each([
    ['{"a": 1,\n "b": tru }', 2, 7],
    ['{"a": 1,\n}', 2, 1],
    ['{"a": [1, 2}', 1, 12],
    ['', 1, 1],
    ['{"a": "b', 1, 7],
    ['{"a": 1} x', 1, 10],
  ])('name line and column of what is not JSON: %j', (text, line, column) => {
    writeFileSync(join(root, 'settings.json'), text);
    expect(faultsWith()[join(root, 'settings.json')]).toContain(`line ${line}, column ${column} `);
  });

  it('name a file that cannot be read', () => {
    mkdirSync(join(root, 'settings.json'));
    expect(faultsWith()[join(root, 'settings.json')]).toContain('cannot be read');
  });

  it.each([['[]'], ['null'], ['3']])('refuse a file that is no object: %s', (text) => {
    writeFileSync(join(root, 'settings.json'), text);
    expect(Object.keys(faultsWith())).toEqual(['settings.json']);
  });

  it('name thresholds of the moods that contradict each other', () => {
    write({
      regime: {
        crash: { change24h: -0.02 },
        bearish: { breadth: 0.6 },
        adjust: { bearish: { minGain: 2 }, bullish: { aggressiveGain: 0.5 } },
      },
    });
    expect(Object.keys(faultsWith()).sort()).toEqual([
      'regime.adjust.bearish.aggressiveGain',
      'regime.adjust.bullish.aggressiveGain',
      'regime.bearish.change24h',
      'regime.bullish.breadth',
    ]);
  });

  it('take null for a limit that shall not hold', () => {
    write({ protections: { dailyLossFraction: null, maxDrawdown: null, forgetPeakDays: null } });
    expect(loadSettings({}, { root }).protections).toMatchObject({ dailyLossFraction: null, maxDrawdown: null });
  });

  it('name the cell of the exit table', () => {
    const row = { takeProfits: [1.1, 1.2, 1.3], stopLoss: 0.03 };
    write({
      position: { exits: { revival: [row, { ...row, takeProfits: [0.927, 1.1] }, row, { ...row, stopLoss: 3 }] } },
    });
    const faults = faultsWith();
    expect(Object.keys(faults)).toEqual([
      'position.exits.revival[1].takeProfits[0]',
      'position.exits.revival[3].stopLoss',
    ]);
  });

  it('name a take-profit level that does not pay for its fees, or does not rise', () => {
    const row = { takeProfits: [1.1, 1.2, 1.3], stopLoss: 0.03 };
    const rows = [row, { ...row, takeProfits: [1.0005, 1.1] }, { ...row, takeProfits: [1.2, 1.1] }, row];
    write({ position: { exits: { simple: rows } } });
    const faults = faultsWith();
    expect(Object.keys(faults)).toEqual([
      'position.exits.simple[1].takeProfits[0]',
      'position.exits.simple[2].takeProfits[1]',
    ]);
    expect(faults['position.exits.simple[1].takeProfits[0]']).toMatch(
      /^1\.0005: must be above 1\.001\d+: entry plus the round-trip fee$/,
    );
  });

  it('refuse an unencrypted exchange elsewhere, and allow it on this machine', () => {
    write({ exchange: { restUrl: 'http://api.mexc.com' } });
    expect(faultsWith()).toHaveProperty(['exchange.restUrl']);
    write({ exchange: { restUrl: 'http://127.0.0.1:9999' } });
    expect(loadSettings({}, { root }).exchange.restUrl).toBe('http://127.0.0.1:9999');
    write({ exchange: { wsUrl: 'ws://wbs-api.mexc.com/ws' } });
    expect(faultsWith()['exchange.wsUrl']).toContain('must be wss://');
    write({ exchange: { wsUrl: 'ws://localhost:9999/ws' } });
    expect(loadSettings({}, { root }).exchange.wsUrl).toBe('ws://localhost:9999/ws');
  });

  it.each(['https://api.mexc.com/api/v3', 'https://api.mexc.com/?x=1', 'https://api.mexc.com/#x'])(
    'refuse a base URL with more than the host: %s',
    (url) => {
      write({ exchange: { restUrl: url } });
      expect(faultsWith()['exchange.restUrl']).toContain('must be https://api.mexc.com alone');
    },
  );

  it('take a slash at the end of the base URL, and send none twice', () => {
    write({ exchange: { venue: 'mexc', restUrl: 'https://api.mexc.com/' } });
    expect(restUrl(loadSettings({}, { root }))).toBe('https://api.mexc.com');
  });

  it('refuse a receive window that MEXC would', () => {
    write({ exchange: { recvWindowMs: 60_000 }, execution: { absentAfterMs: 600_000 } });
    expect(faultsWith()).toEqual({ 'exchange.recvWindowMs': '60000: must be a whole number from 1000 to 59999' });
  });
});

describe('what protects', () => {
  it('holds however the owner names a token', () => {
    write({ universe: { blocklist: ['PEPE', 'DOGEUSDT'], excludedBases: ['usdc', 'stETH'] } });
    const { blocklist, excludedBases } = loadSettings({}, { root }).universe;
    expect(blocklist).toEqual(['PEPEUSDT', 'DOGEUSDT']);
    expect(excludedBases).toEqual(expect.arrayContaining(['USDC', 'stETH', 'STETH']));
    write({ universe: { quote: 'USDC', blocklist: ['PEPE'] } });
    expect(loadSettings({}, { root }).universe.blocklist).toEqual(['PEPEUSDC']);
  });

  it('is not undone by factors that multiply', () => {
    write({ position: { atr: { wildFactor: 10 } } });
    expect(faultsWith()).toEqual({
      'position.atr.wildFactor':
        '10: lets a stop be 60 % under the price: the widest `stopLoss` (0.06) × `position.atr.wildFactor` (10) × the regime’s `stop` must stay under 0.5',
    });
    write({ regime: { adjust: { bearish: { stop: 100 }, bullish: { stop: 2 } } } });
    expect(Object.keys(faultsWith())).toEqual(['regime.adjust.bearish.stop']);
    write({ position: { atr: { calmFactor: 0.1, wildFactor: 0.2 } }, regime: { adjust: { bullish: { stop: 9 } } } });
    expect(Object.keys(faultsWith())).toEqual(['regime.adjust.bullish.stop']);
    write({ position: { atr: { wildFactor: 4 } }, regime: { adjust: { bullish: { stop: 2 } } } });
    expect(loadSettings({}, { root }).position.atr.wildFactor).toBe(4);
  });
});

describe('the database is found', () => {
  const found = (env: Record<string, string> = {}) => findDatabase(env, { root });

  it('by the settings, where nothing is wrong with them', () => {
    write({ database: 'x.db' });
    expect(found()).toEqual({ path: join(root, 'x.db'), fault: null });
  });

  it.each([
    ['another key is wrong', '{"database": "x/y.db", "scan": 1}', {}, 'x/y.db'],
    ['a comma is missing', '{"database" : "x/\\"y.db" "scan": {}}', {}, 'x/"y.db'],
    ['it is wrong itself', '{"database": 5}', {}, 'data/bot.db'],
    ['nothing can be read', '{', {}, 'data/bot.db'],
    ['a variable names it', '{"database": "x.db",}', { DATABASE: 'z.db' }, 'z.db'],
    ['the file is another', '{', { SETTINGS_FILE: 'none.json' }, 'data/bot.db'],
  ])('also where %s', (_what, text, env, path) => {
    writeFileSync(join(root, 'settings.json'), text);
    expect(found(env)).toEqual({ path: join(root, path), fault: expect.any(SettingsError) });
  });
});

describe('secrets', () => {
  it.each(['apiKey', 'MEXC_API_SECRET', 'telegram_bot_token'])('are refused in settings.json, unseen: %s', (key) => {
    write({ exchange: { [key]: 'very-secret-value' } });
    const faults = faultsWith();
    expect(faults[`exchange.${key}`]).toMatch(/\.env as [A-Z_]+=/);
    expect(JSON.stringify(faults)).not.toContain('very-secret-value');
  });

  it('never show in a fault, even where they were put by mistake', () => {
    write({ log: { level: 'the-secret' }, mystery: 'the-secret' });
    const faults = faultsWith({ MEXC_API_KEY: 'the-key', MEXC_API_SECRET: 'the-secret' });
    expect(Object.keys(faults)).toEqual(['log.level', 'mystery']);
    expect(JSON.stringify(faults)).not.toContain('the-secret');
  });

  it('come in pairs, and ids are numbers', () => {
    expect(Object.keys(faultsWith({ MEXC_API_KEY: 'k' }))).toEqual(['MEXC_API_SECRET']);
    expect(Object.keys(faultsWith({ MEXC_API_SECRET: 's' }))).toEqual(['MEXC_API_KEY']);
    expect(faultsWith({ TELEGRAM_ALLOWED_IDS: '1,@me' })).toHaveProperty('TELEGRAM_ALLOWED_IDS');
  });

  it('misspelt in .env are noticed; what belongs to others is not', () => {
    writeEnv('MEXC_APIKEY=x\nHTTP_PROXY=y\n');
    expect(faultsWith({ MEXC_OTHER: 'z' })).toEqual({
      MEXC_APIKEY: 'is unknown in .env; did you mean `MEXC_API_KEY`?',
    });
  });

  it.skipIf(process.platform === 'win32')('in a file that others can read are a warning, no more', () => {
    writeEnv('MEXC_API_KEY=k\nMEXC_API_SECRET=s\n');
    expect(loadSettings({}, { root }).warnings).toEqual([]);
    chmodSync(join(root, '.env'), 0o644);
    expect(loadSettings({}, { root }).warnings).toEqual([expect.stringContaining('chmod 600')]);
  });
});

describe('the bot', () => {
  it('knows times of day, and quiet hours that have a beginning and an end', () => {
    write({ telegram: { timeZone: 'Riga', quietHours: { from: '25:00' }, digest: { morning: null } } });
    expect(faultsWith()).toMatchObject({
      'telegram.timeZone': expect.stringContaining('"Riga"'),
      'telegram.quietHours.from': expect.stringContaining('a time of day like 07:30'),
    });
    write({ telegram: { quietHours: { to: null } } });
    expect(faultsWith()).toMatchObject({ 'telegram.quietHours.to': expect.stringContaining('need both') });
  });
});
