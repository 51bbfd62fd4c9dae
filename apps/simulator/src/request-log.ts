/** One request as it arrived and ended. */
interface LoggedRequest {
  /** market time, ms UTC */
  readonly time: number;
  readonly method: string;
  /** without the query, which holds the signature */
  readonly path: string;
  /** last four characters of the API key; null: none was sent */
  readonly key: string | null;
  /** several with commas between them */
  readonly symbol: string | null;
  readonly clientOrderId: string | null;
  /** `200`, `400 code 30004`, `dropped`, `hung` */
  readonly outcome: string;
  /** the fault rule that had a part in it */
  readonly fault: string | null;
}

/** The latest requests, and how many there were of each kind since the start. */
export interface RequestLog {
  add(request: LoggedRequest): void;
  latest(): readonly LoggedRequest[];
  /** by `POST /api/v3/order`, then by outcome */
  counts(): Readonly<Record<string, Readonly<Record<string, number>>>>;
  total(): number;
  clear(): void;
}

const KEPT = 5_000;

export function createRequestLog(): RequestLog {
  const ring: LoggedRequest[] = [];
  const counts: Record<string, Record<string, number>> = {};
  let total = 0;
  return {
    add(request) {
      ring[total % KEPT] = request;
      total += 1;
      const target = `${request.method} ${request.path}`;
      const outcomes = counts[target] ?? {};
      counts[target] = outcomes;
      outcomes[request.outcome] = (outcomes[request.outcome] ?? 0) + 1;
    },
    latest: () => [
      ...ring.slice(total > KEPT ? total % KEPT : 0),
      ...(total > KEPT ? ring.slice(0, total % KEPT) : []),
    ],
    counts: () => counts,
    total: () => total,
    clear() {
      ring.length = 0;
      total = 0;
      for (const target of Object.keys(counts)) delete counts[target];
    },
  };
}
