/** What goes wrong with the next requests. */
export interface BotApiFault {
  /** of these methods; all but `getUpdates` unless given */
  readonly methods?: readonly string[];
  /** how many requests; 1 unless given */
  readonly times?: number;
  /** share of the requests, by `random`; all unless given */
  readonly share?: number;
  readonly kind:
    | { readonly status: 429; readonly retryAfter: number }
    /** `movedTo`: the chat has another id now */
    | { readonly status: 409 | 500 | 502 | 403 | 400; readonly description?: string; readonly movedTo?: number }
    /** the connection breaks; `after`: the request was carried out, its answer is lost */
    | { readonly hangUp: 'before' | 'after' }
    /** 200 with a body that is no JSON */
    | { readonly garbage: true };
}

/** Faults one after the other, as a script or at random. */
export function createFaults(random: () => number) {
  let struck = 0;
  let rules: { readonly rule: BotApiFault; left: number }[] = [];
  return {
    add: (rule: BotApiFault) => {
      rules.push({ rule, left: rule.times ?? 1 });
    },
    clear: () => {
      rules = [];
    },
    /** how many requests went wrong so far */
    struck: (): number => struck,
    next(method: string): BotApiFault['kind'] | null {
      const due = rules.find(
        ({ rule, left }) =>
          left > 0 &&
          (rule.methods === undefined ? method !== 'getUpdates' : rule.methods.includes(method)) &&
          (rule.share === undefined || random() < rule.share),
      );
      if (due === undefined) return null;
      due.left -= 1;
      struck += 1;
      return due.rule.kind;
    },
  };
}
