/**
 * The `Retry-After` header: seconds, or a date.
 *
 * @param now the exchange's time, ms UTC, for the date
 * @returns ms of the exchange's time, ≥ 0; null where there is no such header, or it makes no sense
 */
export function retryAfterMs(headers: Readonly<Record<string, unknown>>, now: number): number | null {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after');
  const value = String(entry?.[1] ?? '').trim();
  if (/^\d{1,12}(\.\d+)?$/.test(value)) return Number(value) * 1000;
  // Date.parse reads far more than dates, "-5" among it
  const date = /^[A-Z][a-z]{2}, \d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
