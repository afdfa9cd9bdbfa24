import { type TrainStage } from '../../../schemas/generated/types';
import { validateTrain } from '../../../schemas/generated/validators';
import { UserError } from '../../problem';
import { type Values } from './space';

type Plain = Record<string, unknown>;
const isMap = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in a place that is only written down when something below it is set. */
const ABSENT: Readonly<Record<string, string>> = { optimizer: 'adam' };

/**
 * The stage with a trial's values in it, and without `tune`. Short forms are written long where something below them is set
 * (`model: linear`); another kind of model starts from its defaults.
 *
 * @throws UserError `tune-value` when the values do not make a stage
 */
export function variantOf(stage: TrainStage, values: Values): TrainStage {
  const { tune: _tune, description: _description, ...rest } = stage;
  const result = structuredClone(rest) as Plain;
  const kind = values['model.kind'];
  if (kind !== undefined) {
    const own = isMap(result['model']) ? result['model']['kind'] : result['model'];
    if (own !== kind) result['model'] = { kind };
  }
  for (const [path, value] of Object.entries(values)) {
    if (path !== 'model.kind') setAt(result, path, path.startsWith('environment.') ? String(value) : value);
  }
  if (!validateTrain(result)) {
    const error = validateTrain.errors?.[0];
    const shown = Object.entries(values).map(([path, value]) => `${path} ${String(value)}`);
    throw new UserError({
      code: 'tune-value',
      message: `A trial with ${shown.join(', ')} is no stage that can be trained: ${error?.instancePath ?? ''} ${error?.message ?? ''}.`,
      hint: 'Correct the space, or say with `when` what a setting needs.',
      path: ['tune', 'space'],
    });
  }
  return result as unknown as TrainStage;
}

function setAt(root: Plain, path: string, value: unknown): void {
  const steps = path.split('.');
  let at: unknown = root;
  steps.forEach((step, i) => {
    const key: string | number = Array.isArray(at) ? Number(step) : step;
    const holder = at as Record<string | number, unknown>;
    if (i === steps.length - 1) {
      holder[key] = value;
      return;
    }
    let next = holder[key];
    if (next === undefined) next = ABSENT[step] === undefined ? {} : { kind: ABSENT[step] };
    else if (typeof next === 'string') next = Array.isArray(at) ? { [next]: {} } : { kind: next };
    if (typeof next !== 'object' || next === null)
      throw new UserError({
        code: 'tune-path',
        message: `There is no setting ${path} in this stage.`,
        hint: `\`${steps.slice(0, i + 1).join('.')}\` has nothing below it.`,
        path: ['tune', 'space', path],
      });
    holder[key] = next;
    at = next;
  });
}
