import { tableOf, type ZoneQuestion, zoneByIntl } from './zone.ts';

/** Prints what a zone's clocks do, for a process that does without Node's own tables. */
const { name, from, until } = JSON.parse(process.argv[2] ?? '') as ZoneQuestion;
process.stdout.write(JSON.stringify(tableOf(zoneByIntl(name), from, until)));
