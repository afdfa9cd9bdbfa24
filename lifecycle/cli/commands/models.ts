import { findVersion, listModels, promote } from '../../store/registry';
import type { Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago } from '../format';
import { table } from '../terminal';

/** Lists the registry, or points an alias at a version (`--promote NAME@VERSION --alias champion`). */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { store } = await projectHere(context);
  const wanted = given.text('promote');
  if (wanted !== undefined) {
    const [name = '', version = 'latest'] = wanted.split('@');
    const alias = given.text('alias') ?? 'champion';
    await promote(store, name, version, alias, {});
    const now = await findVersion(store, name, alias);
    terminal.print(`${terminal.colour.green('✔')} ${alias} of ${name} is version ${now.version} now.`);
    terminal.emit({ name, alias, version: now.version });
    return EXIT.ok;
  }
  const models = await listModels(store);
  for (const model of models) terminal.emit(model);
  if (models.length === 0) terminal.print('No model is registered yet. A stage of kind package registers one.');
  else {
    const rows = models.flatMap((model) =>
      model.versions
        .toReversed()
        .map((version) => [
          model.name,
          String(version.version),
          version.aliases.join(', '),
          version.created === undefined ? '' : ago(version.created),
          version.run ?? '',
          version.digest.slice(0, 12),
        ]),
    );
    for (const line of table(
      [
        { title: 'Model' },
        { title: 'Version', right: true },
        { title: 'Aliases' },
        { title: 'When' },
        { title: 'Run' },
        { title: 'Digest' },
      ],
      rows,
      terminal,
    ))
      terminal.print(line);
  }
  return EXIT.ok;
}
