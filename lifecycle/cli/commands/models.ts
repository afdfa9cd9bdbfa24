import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import type { Task } from '../../../schemas/generated/types';
import { nearest } from '../../expression/nearest';
import { UserError } from '../../problem';
import type { Lineage } from '../../package/contents';
import { readJson, removeTree } from '../../process/files';
import { demote, findVersion, listModels, promote, registerBundle, type RegisteredVersion } from '../../store/registry';
import { noteVersion, planRemoval, removeVersion, tagVersion } from '../../store/registry-change';
import { usageError, type Given } from '../arguments';
import { confirm } from '../ask';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago, bytes, metric } from '../format';
import { table } from '../terminal';

type Work = (given: Given, context: Context, store: string) => Promise<ExitCode>;

/** What can be done to the registry, by the first argument. */
const ACTIONS: Readonly<Record<string, Work>> = {
  list,
  show,
  promote: (given, context, store) => point(given.positionals[1], given.positionals[2] ?? 'champion', context, store),
  demote: unpoint,
  note,
  tag,
  compare,
  import: importFile,
  export: exportFile,
  delete: remove,
};

/** The registry: lists it, or does what the first argument says. */
export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { store } = await projectHere(context);
  const wanted = given.text('promote');
  if (wanted !== undefined) return point(wanted, given.text('alias') ?? 'champion', context, store);
  const action = given.positionals[0] ?? 'list';
  const work = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (work !== undefined) return work(given, context, store);
  const meant = nearest(action, Object.keys(ACTIONS));
  throw usageError(
    `\`lifecycle models\` can't ${action}.`,
    meant === undefined ? `It can ${Object.keys(ACTIONS).join(', ')}.` : `Did you mean \`lifecycle models ${meant}\`?`,
  );
}

async function list(_given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
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
          [...tagsOf(version), version.notes ?? ''].filter(Boolean).join(' '),
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
        { title: 'Notes', flexible: true },
      ],
      rows,
      terminal,
    ))
      terminal.print(line);
  }
  return EXIT.ok;
}

async function show(given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
  const version = await meant(given.positionals[1], store);
  const lineage = await readJson<Lineage>(join(version.folder, 'lineage.json'));
  terminal.emit({ ...version, ...(lineage && { lineage }) });
  const facts: [string, string][] = [
    ['digest', version.digest],
    ['aliases', version.aliases.join(', ')],
    ['registered', version.created === undefined ? '' : `${version.created} (${ago(version.created)})`],
    ['run', [version.run, version.pipeline, version.stage].filter(Boolean).join(' · ')],
    ...originOf(lineage),
    ['tags', tagsOf(version).join(' ')],
    ['notes', version.notes ?? ''],
    ['folder', version.folder],
  ];
  terminal.print(terminal.colour.bold(`${version.name} ${version.version}`));
  for (const [name, value] of facts) if (value !== '') terminal.print(`  ${name.padEnd(11)}${value}`);
  terminal.print();
  terminal.print((await readFile(join(version.folder, 'MODEL_CARD.md'), 'utf8')).trimEnd());
  return EXIT.ok;
}

/** Kinds of stages as they follow one another. */
const ORDER = ['data', 'train', 'evaluate', 'optimize'];

/** What a version was made from, for whoever has to answer for it. */
function originOf(lineage: Lineage | undefined): [string, string][] {
  if (lineage === undefined) return [];
  const { file, git, parameters = {}, stages, data } = lineage;
  const commit =
    git?.commit === undefined
      ? ''
      : git.commit.slice(0, 12) + (git.dirty ? ', with changes that were not committed' : '');
  return [
    ['pipeline', file],
    ['commit', commit],
    [
      'parameters',
      Object.entries(parameters)
        .map(([name, value]) => `${name} = ${String(value)}`)
        .join(', '),
    ],
    [
      'stages',
      [...stages]
        .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
        .map(({ stage, fingerprint }) => `${stage} ${fingerprint.slice(0, 12)}`)
        .join(', '),
    ],
    ...Object.entries(data).map(([name, hash]): [string, string] => [
      'read',
      `${name.replace(/^file /, '')}, SHA-256 ${hash}`,
    ]),
  ];
}

async function point(text: string | undefined, alias: string, { terminal }: Context, store: string): Promise<ExitCode> {
  const { name, version } = await meant(text, store);
  const before = await promote(store, name, version, alias);
  terminal.print(
    `${terminal.colour.green('✔')} ${alias} of ${name} is version ${version} now${before === undefined || before === version ? '' : `; it was ${before}`}.`,
  );
  terminal.emit({ name, alias, version, before });
  return EXIT.ok;
}

async function unpoint(given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
  const [, name, alias] = given.positionals;
  if (name === undefined || alias === undefined)
    throw usageError('Which alias?', '`lifecycle models demote NAME ALIAS` takes an alias away.');
  await findVersion(store, name);
  await demote(store, name, alias);
  terminal.print(`${terminal.colour.green('✔')} ${name} has no ${alias} any more.`);
  terminal.emit({ name, alias });
  return EXIT.ok;
}

async function note(given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
  const { name, version } = await meant(given.positionals[1], store);
  const text = given.positionals.slice(2).join(' ');
  if (text === '') throw usageError('The note is empty.', '`lifecycle models note NAME@VERSION TEXT` writes one.');
  terminal.emit(await noteVersion(store, name, version, text));
  terminal.print(`${terminal.colour.green('✔')} noted to ${name} ${version}.`);
  return EXIT.ok;
}

async function tag(given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
  const { name, version } = await meant(given.positionals[1], store);
  const pairs = given.positionals.slice(2).map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw usageError(`'${text}' is not a tag.`, 'Tags are KEY=VALUE; KEY= takes one away.');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  if (pairs.length === 0) throw usageError('Which tags?', '`lifecycle models tag NAME@VERSION KEY=VALUE` gives one.');
  const after = await tagVersion(store, name, version, Object.fromEntries(pairs));
  terminal.emit(after);
  terminal.print(`${terminal.colour.green('✔')} ${name} ${version}: ${tagsOf(after).join(' ') || 'no tags'}`);
  return EXIT.ok;
}

async function compare(given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
  const [, first, second] = given.positionals;
  const after = await meant(second ?? first, store);
  const before = second === undefined ? await former(after, store) : await meant(first, store);
  const { compareVersions } = await import('../../deploy/compare');
  const found = await compareVersions(before, after);
  terminal.emit({ before, after, ...found });
  const { colour } = terminal;
  const title = ({ name, version }: RegisteredVersion) => `${name} ${version}`;
  if (found.signature.length === 0)
    terminal.print(colour.dim('Callers notice no difference: same columns, same classes.'));
  else {
    terminal.print(`${title(after)} differs for callers:`);
    for (const line of found.signature) terminal.print(`  ${colour.yellow('!')} it ${line}`);
  }
  if (found.otherRows !== undefined)
    terminal.print(
      `${colour.yellow('!')} They were ${found.otherRows}: the change of a metric is not the model's alone. \`lifecycle replay\` asks both about the same requests.`,
    );
  terminal.print();
  const shown = (value: number | undefined, unit: string) =>
    value === undefined
      ? ''
      : unit === 'bytes'
        ? bytes(value)
        : unit === ''
          ? metric(value)
          : `${metric(value)} ${unit}`;
  const rows = [...found.metrics.map((one) => ({ ...one, unit: '' })), ...found.figures].map(
    ({ name, before: was, after: is, unit }) => [
      name,
      shown(was, unit),
      shown(is, unit),
      was === undefined || is === undefined || was === 0
        ? ''
        : `${is >= was ? '+' : ''}${((is / was - 1) * 100).toFixed(1)} %`,
    ],
  );
  for (const line of table(
    [
      { title: '', flexible: true },
      { title: title(before), right: true },
      { title: title(after), right: true },
      { title: 'Change', right: true },
    ],
    rows,
    terminal,
  ))
    terminal.print(line);
  return EXIT.ok;
}

/** The version registered before. */
async function former({ name, version }: RegisteredVersion, store: string): Promise<RegisteredVersion> {
  const model = (await listModels(store)).find((one) => one.name === name);
  const before = model?.versions.filter((one) => one.version < version).at(-1);
  if (before !== undefined) return before;
  throw usageError(
    `${name} ${version} is the first version.`,
    'Name the two to compare: `lifecycle models compare A@1 B@2`.',
  );
}

const TASKS = ['binary', 'multiclass', 'regression'] as const;

async function importFile(given: Given, context: Context, store: string): Promise<ExitCode> {
  const { terminal } = context;
  const given1 = given.positionals[1];
  if (given1 === undefined)
    throw usageError('Which file?', '`lifecycle models import model.onnx --name NAME` registers one from elsewhere.');
  const file = resolve(context.cwd, given1);
  const onnx = await readFile(file).catch(() => {
    throw new UserError({ code: 'file-missing', message: `There is no file ${given1}.`, file });
  });
  if (extname(file) === '.bundle') return importBundle(file, given, context, store);
  const classes = listOf(given.text('classes'));
  const task =
    given.text('task') ?? (classes === undefined ? 'regression' : classes.length === 2 ? 'binary' : 'multiclass');
  if (!(TASKS as readonly string[]).includes(task))
    throw usageError(`There is no task '${task}'.`, `Tasks are ${TASKS.join(', ')}.`);
  const columns = listOf(given.text('columns'));
  const { importModel } = await import('../../model/import');
  const { writeBundle } = await import('../../package/bundle');
  const { openStore } = await import('../../store/layout');
  const { bytes: served, info } = await importModel(onnx, {
    task: task as Task,
    target: given.text('target') ?? 'target',
    ...(classes && { classes }),
    ...(columns && { columns }),
  });
  await openStore(store);
  const scratch = await mkdtemp(join(tmpdir(), 'lifecycle-import-'));
  try {
    const [model, bundle] = [join(scratch, 'model'), join(scratch, 'bundle')];
    await mkdir(model);
    await mkdir(bundle);
    await writeFile(join(model, 'model.onnx'), served);
    await writeFile(join(model, 'model.json'), JSON.stringify(info));
    await writeBundle(bundle, {
      name: given.text('name') ?? basename(file, extname(file)),
      model,
      metrics: { format: 1, metrics: {} },
      lineage: {
        format: 1,
        run: 'import',
        pipeline: 'import',
        file: basename(file),
        stage: 'import',
        stages: [],
        data: {},
      },
      description: `Imported from ${basename(file)}.`,
    });
    const { name, version, isNew } = await registerBundle(store, bundle, {
      aliases: ['candidate'],
      notes: `imported from ${basename(file)}`,
    });
    terminal.print(
      `${terminal.colour.green('✔')} ${name} ${version}${isNew ? '' : ', which was there already'}: takes ${info.inputs.map((input) => input.name).join(', ')}`,
    );
    terminal.emit({ name, version, isNew, inputs: info.inputs });
    return EXIT.ok;
  } finally {
    await removeTree(scratch);
  }
}

async function importBundle(file: string, given: Given, { terminal }: Context, store: string): Promise<ExitCode> {
  const { unpackBundle } = await import('../../package/archive');
  const { openStore } = await import('../../store/layout');
  await openStore(store);
  const scratch = await mkdtemp(join(tmpdir(), 'lifecycle-import-'));
  try {
    const folder = join(scratch, 'bundle');
    await unpackBundle(file, folder, passwordOf(given));
    const { name, version, isNew } = await registerBundle(store, folder, {
      aliases: ['candidate'],
      notes: `imported from ${basename(file)}`,
    });
    terminal.print(`${terminal.colour.green('✔')} ${name} ${version}${isNew ? '' : ', which was there already'}`);
    terminal.emit({ name, version, isNew });
    return EXIT.ok;
  } finally {
    await removeTree(scratch);
  }
}

async function exportFile(given: Given, context: Context, store: string): Promise<ExitCode> {
  const version = await meant(given.positionals[1], store);
  const file = resolve(context.cwd, given.positionals[2] ?? `${version.name}-${version.version}.bundle`);
  const password = passwordOf(given);
  const { packBundle } = await import('../../package/archive');
  await packBundle(version.folder, file, password);
  context.terminal.print(
    `${context.terminal.colour.green('✔')} ${version.name} ${version.version} is in ${file}${password === undefined ? '' : ', encrypted'}.`,
  );
  context.terminal.emit({ file, name: version.name, version: version.version, encrypted: password !== undefined });
  return EXIT.ok;
}

/** The password in the environment variable that --password names. */
function passwordOf(given: Given): string | undefined {
  const name = given.text('password');
  if (name === undefined) return undefined;
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new UserError({ code: 'secret-missing', message: `The environment variable ${name} is not set.` });
}

async function remove(given: Given, context: Context, store: string): Promise<ExitCode> {
  const { terminal } = context;
  const { name, version } = await meant(given.positionals[1], store);
  const plan = await planRemoval(store, name, version);
  terminal.print(`${name} ${version} would go for good: ${bytes(plan.bytes)}.`);
  if (plan.aliases.length > 0) terminal.print(`  Its aliases would go too: ${plan.aliases.join(', ')}.`);
  if (plan.former.length > 0) terminal.print(`  No rollback to it any more on ${plan.former.join(', ')}.`);
  if (plan.live.length > 0) terminal.print(`  It is live on ${plan.live.join(', ')}, so it can't be deleted.`);
  terminal.emit({ ...plan, type: 'plan' });
  if (plan.live.length === 0 && !given.flag('yes') && !(await confirm(`Delete ${name} ${version}?`, context)))
    return EXIT.cancelled;
  await removeVersion(store, name, version);
  terminal.print(`${terminal.colour.green('✔')} ${name} ${version} is gone.`);
  terminal.emit({ type: 'removed', name, version });
  return EXIT.ok;
}

async function meant(text: string | undefined, store: string): Promise<RegisteredVersion> {
  if (text === undefined) throw usageError('Which model?', 'Name it as NAME@VERSION; VERSION may be an alias.');
  const at = text.lastIndexOf('@');
  return at < 1 ? findVersion(store, text) : findVersion(store, text.slice(0, at), text.slice(at + 1));
}

function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function tagsOf({ tags = {} }: RegisteredVersion): string[] {
  return Object.entries(tags).map(([name, value]) => `${name}=${value}`);
}
