export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
export const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Calls each function for a while, at least twice: compiled code may come late where other processes want the processor. */
export function warmUp(contenders, ms) {
  for (const call of Object.values(contenders)) {
    const end = performance.now() + ms;
    call();
    do call();
    while (performance.now() < end);
  }
}

/**
 * Times functions in turns: every round runs each of them once, beginning with another one each time, so that whatever else
 * the machine does meets all alike.
 *
 * @param contenders name → function
 * @param repeats calls within one turn, for functions too quick for the clock
 * @returns name → nanoseconds per call, the median of the rounds
 */
export function interleave(contenders, rounds, repeats) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const call = contenders[name];
      const start = process.hrtime.bigint();
      for (let i = 0; i < repeats; i++) call();
      times[name].push(Number(process.hrtime.bigint() - start) / repeats);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}
