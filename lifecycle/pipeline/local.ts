import type { Stage } from '../../schemas/generated/types';
import { checkExpectations, checkFeatures, checkRoles, checkSplit } from './local-data';
import { checkBound, checkEvaluate, checkMetricName, checkMetricNames } from './local-metrics';
import { checkTune } from './local-tune';
import { Look } from './look';
import { entriesOf, type Node, textOf } from './tree';
import type { Problem, Range } from './types';

/**
 * Checks of one stage that its schema can't express. They look at the tree, so that they speak wherever the part that they need could be read,
 * and stay silent about what breaks the schema anyhow.
 */
export function checkStage(kind: Stage['kind'], node: Node, nameRange: Range): Problem[] {
  const problems: Problem[] = [];
  const stage = new Look(node, nameRange, problems);
  switch (kind) {
    case 'data':
      checkSplit(stage);
      checkRoles(stage);
      checkFeatures(stage);
      checkExpectations(stage);
      break;
    case 'train':
      checkTrain(stage);
      checkTune(stage);
      break;
    case 'evaluate':
      checkMetricNames(stage, ['metrics']);
      checkEvaluate(stage);
      break;
    case 'optimize':
      for (const entry of entriesOf(stage.at('require'))) {
        checkMetricName(stage, entry.key, entry.keyRange);
        checkBound(stage, ['require', entry.key], entry.key);
      }
      break;
    case 'monitor':
      checkMonitor(stage);
      break;
    case 'package':
    case 'deploy':
      break;
  }
  return problems;
}

/** Is a setting varied by a search? */
const varied = (stage: Look, path: string): boolean =>
  entriesOf(stage.at('tune', 'space')).some(({ key }) => key === path);

function checkTrain(stage: Look): void {
  const kind = textOf(stage.at('model', 'kind')) ?? textOf(stage.at('model'));
  if (stage.has('command')) {
    if (!stage.has('model') && stage.has('training'))
      stage.report(
        'no-effect',
        stage.keyOf('training'),
        '`training` has no effect on a program of your own. Pass its settings as arguments of `command`.',
      );
    if (!stage.has('model') && stage.has('target-transform'))
      stage.report(
        'no-effect',
        stage.keyOf('target-transform'),
        '`target-transform` has no effect on a program of your own, which is given the target as it is. Remove it.',
      );
  } else if (stage.has('model')) {
    for (const key of ['inputs', 'environment', 'timeout'])
      if (stage.has(key))
        stage.report(
          'no-effect',
          stage.keyOf(key),
          `\`${key}\` belongs to \`command\`; it has no effect on one of our models. Remove it.`,
        );
  }
  if (kind !== undefined && kind !== 'network' && stage.has('training') && !varied(stage, 'model.kind')) {
    // How much may be held in memory is for every model of ours.
    const entries = entriesOf(stage.at('training'));
    const idle = entries.filter(({ key }) => key !== 'memory');
    if (idle.length === entries.length)
      stage.report(
        'no-effect',
        stage.keyOf('training'),
        `\`training\` is for networks; it has no effect on \`${kind}\`. Remove it.`,
      );
    else
      for (const { key, keyRange } of idle)
        stage.report('no-effect', keyRange, `\`${key}\` is for networks; it has no effect on \`${kind}\`. Remove it.`);
  }
  const device = stage.at('resources', 'device');
  if (device && stage.has('reinforcement') && textOf(device) === 'tensorflow-gpu')
    stage.report(
      'device-unsuited',
      device,
      'TensorFlow.js can’t train a policy. Use `cpu`, which is fastest for small environments, `cuda`, `webgpu` or `auto`.',
      { suggestion: 'cpu' },
    );
  const transform = textOf(stage.at('target-transform'));
  if (transform !== undefined && transform !== 'none' && textOf(stage.at('model', 'loss')) === 'poisson')
    stage.report(
      'target-transform',
      stage.keyOf('target-transform'),
      'The loss `poisson` learns the logarithm of the target’s mean by itself. Remove `target-transform`, or the loss.',
      { related: [{ range: stage.keyOf('model', 'loss'), message: 'The loss is here.' }] },
    );
  const optimizer = textOf(stage.at('training', 'optimizer', 'kind'));
  const uses: Readonly<Record<string, readonly string[]>> = {
    momentum: ['sgd'],
    beta1: ['adam', 'adamw'],
    beta2: ['adam', 'adamw', 'rmsprop'],
    epsilon: ['adam', 'adamw', 'rmsprop'],
  };
  for (const { key, keyRange } of entriesOf(stage.at('training', 'optimizer'))) {
    const users = uses[key];
    if (optimizer !== undefined && users && !users.includes(optimizer) && !varied(stage, 'training.optimizer.kind'))
      stage.report(
        'no-effect',
        keyRange,
        `\`${key}\` has no effect with \`${optimizer}\`; it is for ${users.map((user) => `\`${user}\``).join(', ')}. Remove it.`,
      );
  }
}

function checkMonitor(stage: Look): void {
  if (!stage.has('deployment') && !stage.has('source'))
    stage.report(
      'missing-key',
      stage.nameRange,
      'Add `deployment`, the deploy stage to watch, or `source`, where the predictions of a model that is served elsewhere are logged.',
    );
  if (!stage.has('deployment') && stage.has('source'))
    for (const { key, keyRange } of entriesOf(stage.at('retrain')))
      if (key !== 'when')
        stage.report(
          'no-effect',
          keyRange,
          `\`${key}\` has no effect without \`deployment\`: a model that is served elsewhere can't be replaced from here. Remove it; \`when\` alone tells that retraining is due.`,
        );
  const method = textOf(stage.at('drift', 'method'));
  if (stage.has('drift', 'threshold') && (method === 'ks' || method === 'chi2'))
    stage.report(
      'no-effect',
      stage.keyOf('drift', 'threshold'),
      `\`threshold\` has no effect with \`${method}\`, which decides by p-value. Set \`false-discovery-rate\`, or choose psi, jensen-shannon or wasserstein.`,
    );
  if (
    stage.has('drift', 'false-discovery-rate') &&
    method !== undefined &&
    ['psi', 'jensen-shannon', 'wasserstein'].includes(method)
  )
    stage.report(
      'no-effect',
      stage.keyOf('drift', 'false-discovery-rate'),
      `\`false-discovery-rate\` has no effect with \`${method}\`, which has no p-value. Set \`threshold\`.`,
    );
  for (const { key } of entriesOf(stage.at('require'))) checkBound(stage, ['require', key], undefined, [0, 1]);
}
