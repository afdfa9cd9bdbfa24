import { createKey, isValid, readKeys, revokeKey, rotateKey } from '../../deploy/keys';
import { nearest } from '../../expression/nearest';
import { usageError, type Given } from '../arguments';
import { projectHere, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { ago } from '../format';
import { table } from '../terminal';

const ACTIONS = ['list', 'create', 'rotate', 'revoke'] as const;

export async function run(given: Given, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const [action = 'list', name] = given.positionals;
  const meant = nearest(action, ACTIONS);
  if (!ACTIONS.some((known) => known === action))
    throw usageError(
      `\`lifecycle keys\` does not know '${action}'.`,
      meant === undefined ? `It knows ${ACTIONS.join(', ')}.` : `Did you mean ${meant}?`,
    );
  const { store } = await projectHere(context);
  const target = given.text('target') ?? 'local';
  if (action === 'list') return list(store, target, context);
  if (name === undefined)
    throw usageError(`\`lifecycle keys ${action}\` needs the name of a key.`, 'For example web-shop.');
  if (action === 'revoke') {
    const count = await revokeKey(store, target, name);
    terminal.print(`${terminal.colour.green('✔')} ${name} opens ${target} no more.`);
    terminal.emit({ name, target, revoked: count });
    return EXIT.ok;
  }
  const days = given.whole('days', 1);
  const scopes = given.texts('scope');
  const made =
    action === 'rotate'
      ? await rotateKey(store, target, name, given.whole('grace', 0))
      : await createKey(store, target, {
          name,
          ...(scopes.length > 0 && { scopes }),
          models: given.texts('model'),
          ...(days !== undefined && { expires: new Date(Date.now() + days * 86_400_000) }),
        });
  terminal.print(made.key);
  terminal.warn(`This is the only time that it is shown. It opens ${made.stored.scopes.join(', ')} on ${target}.`);
  terminal.emit({ key: made.key, ...withoutHash(made.stored) });
  return EXIT.ok;
}

async function list(store: string, target: string, { terminal }: Context): Promise<ExitCode> {
  const keys = await readKeys(store, target);
  for (const key of keys) terminal.emit(withoutHash(key));
  if (keys.length === 0)
    terminal.print(`'${target}' has no keys. \`lifecycle keys create NAME\` makes one; its clients then need one.`);
  const rows = keys.map((key) => [
    key.name,
    key.id,
    key.scopes.join(', '),
    key.models?.join(', ') ?? 'all',
    ago(key.created),
    key.revoked !== undefined ? 'revoked' : !isValid(key) ? 'expired' : (key.expires?.slice(0, 10) ?? 'never'),
  ]);
  const columns = ['Name', 'Id', 'Opens', 'Models', 'Made', 'Ends'].map((title) => ({ title }));
  if (keys.length > 0) for (const line of table(columns, rows, terminal)) terminal.print(line);
  return EXIT.ok;
}

function withoutHash<T extends { readonly hash: string }>({ hash: _hash, ...rest }: T): Omit<T, 'hash'> {
  return rest;
}
