import { labelRuns, readLabels, type LabelChange } from '../../store/labels';
import { resolveRunId } from '../../store/runs';
import { usageError, type Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { store } = await projectHere(context);
  const ids = await Promise.all(given.positionals.map((text) => resolveRunId(store, text)));
  const [name, note] = [given.text('name'), given.text('note')];
  const [added, removed] = [given.texts('tag'), given.texts('untag')];
  const labels = await readLabels(store);
  const common: LabelChange = {
    ...(name === undefined ? {} : { name }),
    ...(note === undefined ? {} : { note }),
    ...(either(given, 'star', 'unstar') ?? {}),
    ...(either(given, 'hide', 'unhide', 'hidden') ?? {}),
  };
  if (Object.keys(common).length === 0 && added.length + removed.length === 0)
    throw usageError('Nothing was said of the run.', 'Give --name, --tag, --note, --star or --hide.');
  for (const id of ids) {
    const tags = [...new Set([...(labels.get(id)?.tags ?? []), ...added])].filter((tag) => !removed.includes(tag));
    await labelRuns(store, [id], { ...common, ...(added.length + removed.length > 0 ? { tags } : {}) });
  }
  const now = await readLabels(store);
  for (const id of ids) {
    context.terminal.emit({ run: id, label: now.get(id) });
    const { name: called, star, tags = [], hidden } = now.get(id) ?? {};
    context.terminal.print(
      [id, called ? `"${called}"` : '', star ? '★' : '', tags.join(', '), hidden ? 'hidden' : '']
        .filter(Boolean)
        .join(' · '),
    );
  }
  return EXIT.ok;
}

function either(given: Given, on: string, off: string, key = on): Record<string, boolean> | undefined {
  if (given.flag(on) && given.flag(off)) throw usageError(`--${on} and --${off} contradict each other.`, 'Give one.');
  return given.flag(on) ? { [key]: true } : given.flag(off) ? { [key]: false } : undefined;
}
