import type { WsAction } from '../faults/actions.ts';
import type { Faults } from '../faults/faults.ts';
import type { MarketClock } from '../market-clock.ts';
import { type Connection, isConnectionFault } from './connection.ts';
import { encodePush, type Push } from './push.ts';
import { withBadPrice, withVersionGap } from './push-faults.ts';

/** Sends pushes, or does to them what the fault plan says. */
export interface Delivery {
  /**
   * @param to those who are to have it; still asked when a late push goes out
   * @param apiKey of the account a private push is about
   */
  deliver(push: Push, to: ReadonlySet<Connection>, apiKey?: string): void;
  /** Delivers a private push once the answer to its request is out. */
  deliverAfterAnswer(push: Push, to: ReadonlySet<Connection>, apiKey: string): void;
  /** Sends what was late and has fallen due. */
  tick(): void;
}

export interface DeliveryDeps {
  readonly clock: MarketClock;
  readonly faults: Faults;
}

interface Late {
  /** market time, ms */
  readonly at: number;
  readonly push: Push;
  readonly to: ReadonlySet<Connection>;
}

export function createDelivery({ clock, faults }: DeliveryDeps): Delivery {
  let late: readonly Late[] = [];
  /** by topic: the push that waits for the next one to overtake it */
  const overtaken = new Map<string, Omit<Late, 'at'>>();

  const sendAlone = (push: Push, to: ReadonlySet<Connection>): void => {
    const bytes = encodePush(push);
    for (const connection of to) connection.push(bytes);
  };
  const send = (push: Push, to: ReadonlySet<Connection>, topic: string): void => {
    sendAlone(push, to);
    const waiting = overtaken.get(topic);
    if (!waiting) return;
    overtaken.delete(topic);
    sendAlone(waiting.push, waiting.to);
  };

  const judge = ({ channel, symbol }: Push, apiKey: string | undefined): WsAction | undefined =>
    faults.decide({ channel: 'ws', target: channel, symbol, apiKey })?.action;

  const perform = (action: WsAction | undefined, push: Push, to: ReadonlySet<Connection>, topic: string): void => {
    if (action && isConnectionFault(action)) {
      for (const connection of [...to]) connection.suffer(action);
      return;
    }
    switch (action?.kind) {
      // a stream that was taken down says nothing more
      case 'blocked':
      case 'lose':
        break;
      case 'duplicate':
        sendAlone(push, to);
        send(push, to, topic);
        break;
      case 'delay':
        late = [...late, { at: clock.now() + action.seconds * 1000, push, to }];
        break;
      case 'reorder':
        if (overtaken.has(topic)) send(push, to, topic);
        else overtaken.set(topic, { push, to });
        break;
      case 'version-gap':
        send(withVersionGap(push), to, topic);
        break;
      case 'bad-price':
        send(withBadPrice(push, action.as), to, topic);
        break;
      default:
        send(push, to, topic);
    }
  };

  let afterAnswer: (() => void)[] = [];
  const flush = (): void => {
    const due = afterAnswer;
    afterAnswer = [];
    for (const go of due) go();
  };

  return {
    deliver: (push, to, apiKey) => perform(judge(push, apiKey), push, to, `${push.channel} ${apiKey ?? ''}`),

    deliverAfterAnswer(push, to, apiKey) {
      const action = judge(push, apiKey);
      const go = (): void => perform(action, push, to, `${push.channel} ${apiKey}`);
      if (action?.kind === 'early') {
        go();
        return;
      }
      // an answer that is ready is written within this turn of the event loop
      if (afterAnswer.length === 0) setImmediate(flush);
      afterAnswer.push(go);
    },

    tick() {
      if (late.length === 0) return;
      const now = clock.now();
      const due = late.filter(({ at }) => at <= now);
      late = late.filter(({ at }) => at > now);
      for (const { push, to } of due) sendAlone(push, to);
    },
  };
}
