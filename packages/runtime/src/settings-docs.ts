import { allowedValues, type FieldSchema, settingsJsonSchema } from './settings/describe-field.ts';

/** `docs/settings.schema.json`: for editors, by the `$schema` key of `settings.json`. */
export const settingsSchemaFile = (): string => `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`;

const INTRODUCTION = `# Settings

<!-- Generated from the settings' schema by \`pnpm settings:docs\`; change the schema, not this page. -->

Everything has a default, so the suite runs without a \`settings.json\`. To change something, write the file into the suite's
folder with only the keys that differ (\`settings.example.json\` shows the form). Unknown keys and impossible values are refused
at start, all at once. A change counts from the next start of a process: \`npm stop\`, \`npm start\`.

Fractions are fractions: 0.02 is 2 %. *Market* time is the exchange's, which the simulator may run faster than the clock on the
wall; *wall* time is this machine's. Relative paths start at the suite's folder.

## Secrets and environment

Secrets stand in \`.env\` alone (\`.env.example\` shows the form), never in \`settings.json\`. What is set in the environment of a
process wins over \`.env\`, and both win over \`settings.json\`. Empty counts as not set.

| variable | meaning |
|---|---|
| \`MEXC_API_KEY\`, \`MEXC_API_SECRET\` | The key to the exchange account; both or neither. Without them the suite trades on the simulator. |
| \`TELEGRAM_BOT_TOKEN\` | The bot's token, from @BotFather. |
| \`TELEGRAM_ALLOWED_IDS\` | Numeric chat and user ids that may command the bot, commas between. Nobody else is answered. |
| \`SIM_DATA\` | \`simulator.dataFolder\` |
| \`SIM_SPEED\` | \`simulator.speed\` |
| \`SIM_SEED\` | \`simulator.seed\` |
| \`SIM_PORT\` | \`simulator.port\` |
| \`SIM_FAULTS\` | \`simulator.faultPlan\` |
| \`SIM_KEEP_STATE\` | \`simulator.keepState\` |
| \`DATABASE\` | \`database\` |
| \`TELEGRAM_API_ROOT\` | \`telegram.apiRoot\` |
| \`SETTINGS_FILE\` | Another file in place of \`settings.json\`. |
`;

/** `docs/settings.md` */
export function settingsPage(): string {
  const { properties = {} } = settingsJsonSchema();
  const { $schema: _, ...settings } = properties;
  const sections = Object.entries(settings).filter(([, field]) => field.properties !== undefined);
  return [
    INTRODUCTION,
    `## General\n\n${table('', settings)}\n`,
    ...sections.flatMap(([name, field]) => section(name, field, '##')),
  ].join('\n');
}

/** A group's words and keys, then the groups inside it. */
function section(path: string, { description, properties = {} }: FieldSchema, heading: string): string[] {
  const rows = table(`${path}.`, properties);
  const own = [`${heading} ${path}`, description, rows].filter((part) => part !== undefined && part !== '');
  const inner = Object.entries(properties).filter(([, field]) => field.properties !== undefined);
  return [`${own.join('\n\n')}\n`, ...inner.flatMap(([key, field]) => section(`${path}.${key}`, field, `${heading}#`))];
}

/** Of the keys that take a value; none: an empty text. */
function table(prefix: string, properties: Readonly<Record<string, FieldSchema>>): string {
  const rows = Object.entries(properties)
    .filter(([, field]) => field.properties === undefined)
    .map(([key, field]) => {
      const cells = [`\`${prefix}${key}\``, defaultText(field.default), allowedValues(field), field.description ?? ''];
      return `| ${cells.join(' | ')} |`;
    });
  return rows.length === 0 ? '' : ['| key | default | allowed | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function defaultText(value: unknown): string {
  if (Array.isArray(value) && typeof value[0] === 'object') {
    return value
      .map((row: { takeProfits: number[]; stopLoss: number }) => `${row.takeProfits.join(' ')}, stop ${row.stopLoss}`)
      .join('<br>');
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ');
  return `\`${JSON.stringify(value)}\``;
}
