import type { AdminEvent } from '../core/admin/event.ts';
import type { Page } from '../core/admin/page.ts';
import { type Command, stackOptions, stringOption } from './command.ts';
import { timeOption } from './input.ts';
import { pageWords, print, table, visible } from './output.ts';
import { askAdmin, openStack } from './stack.ts';

/** `keyturn events`: who did what, when. */
export const events: Command = {
  summary: 'list who did what, when: revocations, client changes, key rotations',
  usage: [
    'Usage: keyturn events [--until TIME] [--limit N] [--page NEXT] [--json] [--stack NAME] [--data FOLDER]',
    '',
    'Newest first, 100 at a time; the last line says how to see older ones.',
    '',
    '  npx keyturn events --limit 20',
  ].join('\n'),
  options: {
    ...stackOptions,
    ...({ until: { type: 'string' }, limit: { type: 'string' } } as const),
    ...({ page: { type: 'string' }, json: { type: 'boolean' } } as const),
  },
  positionals: [0, 0],
  async run(_, options) {
    const until = timeOption(options, 'until');
    const [limit, page] = [stringOption(options, 'limit'), stringOption(options, 'page')];
    const query = {
      ...(until !== undefined && { until: String(until) }),
      ...(limit !== undefined && { limit }),
      ...(page !== undefined && { page }),
    };
    const answer = await askAdmin(await openStack(options), 'listEvents', { query });
    print(answer, options, () => words(answer as Page<AdminEvent>));
  },
};

function words({ items, next }: Page<AdminEvent>): string {
  const rows = items.map(({ at, action, actor, target, reason }) => [
    ...[
      new Date(at * 1000).toISOString(),
      action,
      `${target.kind} ${target.value}`.trim(),
      actor,
      reason ?? '',
    ],
  ]);
  const list = table(
    ['when', 'what', 'to', 'who', 'why'],
    rows.map((row) => row.map(visible)),
  );
  return pageWords(list, next, 'events');
}
