import { type LinearModel as Settings } from '../../../schemas/generated/types';
import { headFragment } from '../../model/head';
import { coefficientsOf, linearFragment, linearImportance, type LinearModel } from '../../model/linear';
import { type Columns } from '../columns';
import { breather, type Learned, type Lesson } from '../trainer';
import { monitorMetrics } from '../monitor';
import { fillWith, scale, type Scaled } from '../scaling';
import { logisticLoss, softmaxLoss, squaredLoss } from './losses';
import { newton, type NewtonResult, type RowLoss } from './newton';
import { Products } from './products';
import { ridge } from './ridge';

/** Wider least-squares problems are solved by conjugate gradients. */
const WIDEST_CHOLESKY = 512;
/** Coefficients are listed in `model.json` up to this many. */
const MOST_LISTED = 1000;

/** Logistic regression, softmax regression or ridge regression. */
export async function trainLinear(lesson: Lesson, settings: Settings): Promise<Learned> {
  const { task, train, report } = lesson;
  const scaled = scale(train);
  if (scaled.filled.length > 0) {
    report.log(
      'info',
      `Missing values in ${nameSome(scaled.filled)} are taken as the mean of the training split, in training and when served.`,
    );
  }
  const { model, ...facts } =
    task === 'regression' ? await leastSquares(lesson, settings, scaled) : await classify(lesson, settings, scaled);
  const { coefficients, intercepts } = coefficientsOf(model);
  return {
    fragment: (graph, features) => headFragment(graph, linearFragment(graph, features, model), task),
    parameters: model.weights.length + model.intercepts.length,
    importance: linearImportance(model),
    training: {
      rows: train.rows,
      l2: settings.l2 ?? 1,
      ...facts,
      ...(model.weights.length <= MOST_LISTED && {
        coefficients: coefficients.map((row) => Array.from(row)),
        intercepts: Array.from(intercepts),
      }),
    },
  };
}

async function classify(lesson: Lesson, settings: Settings, scaled: Scaled): Promise<NewtonResult> {
  const { task, train, classes } = lesson;
  const make = (labels: Float64Array) =>
    task === 'binary' ? logisticLoss(labels) : softmaxLoss(labels, classes.length);
  const result = await minimise(lesson, settings, scaled, make(train.labels), make);
  if (!result.converged) {
    lesson.report.log('warning', `The linear model has not converged after ${result.iterations} iterations.`, {
      code: 'not-converged',
      hint: (settings.l2 ?? 1) === 0 ? 'Set `l2` above 0, or raise `max-iterations`.' : 'Raise `max-iterations`.',
      path: ['model', 'max-iterations'],
    });
  }
  return result;
}

async function leastSquares(
  lesson: Lesson,
  settings: Settings,
  scaled: Scaled,
): Promise<{ model: LinearModel } & Record<string, unknown>> {
  const { train, report } = lesson;
  const l2 = settings.l2 ?? 1;
  if (train.columns.length <= WIDEST_CHOLESKY) {
    const { model, singular } = ridge(scaled.columns, train.labels, scaled.standardization, l2);
    if (singular) {
      report.log('warning', 'Some features are exact combinations of others, so the coefficients are not unique.', {
        code: 'collinear-features',
        hint: 'Set `l2` above 0.',
        path: ['model', 'l2'],
      });
    }
    reportValidation(lesson, scaled, model);
    return { model };
  }
  // One unit of the target's spread, so that the tolerance fits any scale.
  const spread = spreadOf(train.labels);
  const unit = train.labels.map((label) => label / spread);
  const result = await minimise(lesson, settings, scaled, squaredLoss(unit));
  const { weights, intercepts, standardization } = result.model;
  const model = {
    standardization,
    weights: weights.map((weight) => weight * spread),
    intercepts: intercepts.map((intercept) => intercept * spread),
  };
  reportValidation(lesson, scaled, model);
  return { ...result, model };
}

/** Newton's method with a point of `loss` and `validation/loss` each iteration. */
async function minimise(
  lesson: Lesson,
  settings: Settings,
  scaled: Scaled,
  loss: RowLoss,
  make?: (labels: Float64Array) => RowLoss,
): Promise<NewtonResult> {
  const { train, validation, report } = lesson;
  const judge = make && validation && validationLoss(lesson, scaled, make(validation.labels));
  const breathe = breather(report);
  const most = settings['max-iterations'] ?? 500;
  return newton(
    scaled.columns,
    train.rows,
    scaled.standardization,
    loss,
    { l2: settings.l2 ?? 1, maxIterations: most },
    async (iteration, value, vector) => {
      report.metric('loss', value, iteration);
      judge?.(vector, iteration);
      report.progress(1 - 0.5 ** iteration);
      await breathe();
    },
  );
}

function validationLoss(lesson: Lesson, scaled: Scaled, loss: RowLoss): (vector: Float64Array, step: number) => void {
  const validation = lesson.validation!;
  const columns = fillWith(validation.columns, scaled.standardization);
  const products = new Products(columns, validation.rows, scaled.standardization);
  const scores = new Float64Array(loss.outputs * validation.rows);
  return (vector, step) => {
    products.scores(vector, loss.outputs, scores);
    lesson.report.metric('validation/loss', loss.value(scores) / validation.rows, step);
    const more = monitorMetrics(lesson, validation.labels, scores);
    for (const [name, value] of Object.entries(more)) lesson.report.metric(`validation/${name}`, value, step);
  };
}

function reportValidation(lesson: Lesson, scaled: Scaled, model: LinearModel): void {
  const { train, validation, report } = lesson;
  const measure = (columns: Columns, labels: Float64Array) => {
    const products = new Products(columns, labels.length, scaled.standardization);
    const scores = new Float64Array(labels.length);
    products.scores(Float64Array.from([...model.weights, model.intercepts[0]!]), 1, scores);
    return { scores, loss: (2 * squaredLoss(labels).value(scores)) / labels.length };
  };
  report.metric('loss', measure(scaled.columns, train.labels).loss, 1);
  if (!validation) return;
  const { scores, loss } = measure(fillWith(validation.columns, scaled.standardization), validation.labels);
  report.metric('validation/loss', loss, 1);
  const more = lesson.restore ? monitorMetrics(lesson, validation.labels, scores) : { rmse: Math.sqrt(loss) };
  for (const [name, value] of Object.entries(more)) report.metric(`validation/${name}`, value, 1);
}

function spreadOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
}

export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `'${name}'`);
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}
