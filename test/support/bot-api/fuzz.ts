/** 0..1, the same for the same seed (mulberry32, Tommy Ettinger 2017). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Known {
  readonly owner: number;
  readonly viewer: number;
  readonly stranger: number;
  /** of a question that waits, and the button that answers it with yes */
  readonly messageId: number;
  readonly data: string;
}

/** Commands that look at something: whatever stands behind them must be harmless. */
const LOOKS = ['status', 'tracked', 'activity', 'why', 'performance', 'daily', 'models', 'settings', 'summary', 'help'];
/** Commands that change something: only from those who may not. */
const DOES = [
  'pause',
  'stopall',
  'stopbot',
  'startbot',
  'testmode_off',
  'panic',
  'cleartestdata force',
  'process stop tracker',
];

/** An update that nobody meant well. None of them may have an effect. */
export function fuzzedUpdate(random: () => number, known: Known, update_id: number): object {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const whole = (below: number): number => Math.floor(random() * below);
  const bytes = (length: number): string => Array.from({ length }, () => String.fromCharCode(whole(0xffff))).join('');
  const text = (): string =>
    pick([
      () => bytes(whole(60)),
      () => bytes(4_000 + whole(60_000)),
      () => `/${bytes(whole(12))} ${bytes(whole(30))}`,
      () => `/${pick(LOOKS)} ${bytes(whole(200))}`,
      () =>
        `/${pick(LOOKS)} ${pick(['-1', '1e99', 'NaN', '<b>', '&lt;', '💥', '../../etc', "'; DROP TABLE state;--", '999999999999999999999'])}`,
      () => `/${pick(LOOKS)}@${bytes(5)}`,
      () => ' \n\t/ ping',
    ])();
  const buttons = (): string =>
    pick([
      () => bytes(whole(40)),
      () => `qy:${bytes(16)}`,
      () => 'qy:AAAAAAAAAAAAAAAA',
      () => `v:${pick(LOOKS)} ${bytes(8)}`,
      () => `vv:${pick(DOES)}`,
      () => `x:${bytes(10)}`,
    ])();
  const message = (from: unknown, chat: unknown, words: unknown) => ({
    update_id,
    message: {
      message_id: whole(9_999),
      date: whole(2e9),
      from: { id: from },
      chat: { id: chat, type: 'private' },
      text: words,
    },
  });
  const press = (from: unknown, chat: unknown, data: unknown, messageId: unknown) => ({
    update_id,
    callback_query: {
      id: `forged${update_id}`,
      from: { id: from },
      chat_instance: '1',
      data,
      message: { message_id: messageId, date: 1, chat: { id: chat } },
    },
  });
  const someone = (): number => pick([known.stranger, -known.owner, whole(1e10), known.owner + 1]);
  const { owner, viewer, messageId, data } = known;

  return pick<() => object>([
    () => message(owner, owner, text()),
    () => message(viewer, viewer, pick([text(), `/${pick(DOES)}`])),
    () => message(someone(), pick([someone(), owner]), pick([text(), `/${pick(DOES)}`])),
    () => message(owner, someone(), `/${pick(DOES)}`),
    () => message(String(owner), owner, `/${pick(DOES)}`),
    () => press(owner, owner, buttons(), whole(9_999)),
    () => press(owner, owner, data, messageId + 1),
    () => press(someone(), owner, data, messageId),
    () => press(viewer, viewer, pick([data, `x:${pick(DOES)}`]), messageId),
    () => press(someone(), someone(), `x:${pick(DOES)}`, messageId),
    () => ({
      update_id,
      ...pick<object>([{}, { message: null }, { message: [] }, { callback_query: 7 }, { poll: { id: '1' } }]),
    }),
    () => ({ update_id, message: { text: bytes(5) }, edited_message: null }),
  ])();
}
