import type { StageDetail } from '../protocol';
import { h } from '../ui-kit/dom';
import { bytes, written } from '../ui-kit/figure';
import type { Editor } from './editor';
import { facts, plainText, section, table } from './parts';
import { snippet } from './snippet';
import { tryForm } from './try';

/** A package stage: what the bundle is called, what it weighs, and what it takes and gives. */
export function packageView({ bundle, version, model }: Extract<StageDetail, { kind: 'package' }>): Node[] {
  const size = bundle.files.reduce((sum, each) => sum + each.bytes, 0);
  const inputs = model?.inputs ?? [];
  return [
    facts([
      ['name', bundle.name],
      ...(version === undefined ? [] : ([['version', String(version)]] as const)),
      ['task', bundle.task],
      ['size', `${bytes(size)} in ${bundle.files.length} files`],
      ['digest', h('code', { title: bundle.digest }, bundle.digest.slice(0, 12))],
      ...Object.entries(bundle.runtime ?? {}).slice(0, 12),
    ]),
    inputs.length === 0
      ? h('div', { hidden: true })
      : section(
          'Signature',
          h(
            'p',
            { class: 'says' },
            `Takes ${inputs.length} columns, gives ${(model?.outputs ?? []).map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(' and ')}.`,
          ),
          table({
            caption: 'Columns that the model takes',
            quiet: true,
            head: ['input', 'type', 'needed', 'seen in training', 'example'],
            words: [1, 2, 3],
            rows: inputs.map(({ name, type, required, min, max, categories, example }) => [
              name,
              type,
              required ? 'yes' : 'no',
              categories && !(type === 'number' && categories.length > 4 && min !== undefined)
                ? categories.slice(0, 4).map(plainText).join(', ') + (categories.length > 4 ? ', …' : '')
                : min === undefined || max === undefined
                  ? ''
                  : `${written(min)} … ${written(max)}`,
              example === undefined ? '' : plainText(example),
            ]),
          }),
        ),
  ];
}

/** A deploy stage: where it runs, and how to ask it. */
export function deployView(
  stage: string,
  { entry, example, inputs }: Extract<StageDetail, { kind: 'deploy' }>,
  editor?: Editor,
): Node[] {
  const { url, output } = entry;
  const web = url !== undefined && /^https?:\/\//i.test(url);
  const parts: Node[] = [
    facts([
      ['target', entry.kind === entry.target ? entry.target : `${entry.target} (${entry.kind})`],
      ['model', `${entry.model} version ${entry.version}`],
      ...(url === undefined ? [] : ([['address', web ? h('a', { href: url }, url) : url]] as const)),
      ...(output === undefined ? [] : ([['file', h('code', {}, output)]] as const)),
      ['action', entry.action],
      ['by', entry.by],
    ]),
  ];
  if (web && editor && inputs && inputs.length > 0)
    parts.push(section('Try it', tryForm(`${stage} ${entry.model}`, url, inputs, editor.ask, editor.drafts)));
  else if (web && example)
    parts.push(
      section(
        'Try it',
        snippet(() => ({ rows: [example] }), url),
      ),
    );
  return parts;
}
