/**
 * Work that must not hold up the cycle: one round of it at a time, beside the cycles. What it failed with is thrown by the next
 * call, so that the cycle's own fault log tells it.
 */
export function createAside(work: () => Promise<void>): () => Promise<void> {
  let underway = false;
  let fault: { readonly error: unknown } | null = null;

  return async () => {
    const before = fault;
    fault = null;
    if (!underway) {
      underway = true;
      work()
        .catch((error: unknown) => {
          fault = { error };
        })
        .finally(() => {
          underway = false;
        });
    }
    if (before !== null) throw before.error;
  };
}
