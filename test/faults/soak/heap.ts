import { inspect, types } from 'node:util';
import v8 from 'node:v8';

/** What is alive: each look collects the garbage first. */
export interface Heap {
  readonly bytes: number;
  /** functions, maps and arrays too */
  readonly objects: number;
  /** in all maps and sets together */
  readonly entries: number;
}

export async function measureHeap(): Promise<Heap> {
  const entries = entriesOf(Map) + entriesOf(Set);
  // what the first looks let go of, and what finalisers let go of then
  await new Promise((resolve) => setImmediate(resolve));
  const objects = v8.queryObjects(Object, { format: 'count' });
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external, objects, entries };
}

/** Objects found in the heap are not handed out, only described: so each is asked for its size while it describes itself. */
function entriesOf(kind: typeof Map | typeof Set): number {
  let entries = 0;
  const { prototype } = kind as { readonly prototype: { [inspect.custom]?: () => string } };
  prototype[inspect.custom] = function count(this: unknown) {
    if (types.isMap(this) || types.isSet(this)) entries += this.size;
    return '';
  };
  v8.queryObjects(kind, { format: 'summary' });
  delete prototype[inspect.custom];
  return entries;
}
