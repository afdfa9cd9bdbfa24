import { parse, toOnnx } from '../expression';
import { encodeModel, float, GraphBuilder, int64, type OnnxModel, strings, type Value } from '../onnx';
import { advance, type FeatureColumn, type FittedStep, kinds, type OpenKind } from './feature-columns';
import { dateFeatures } from './dates-to-onnx';
import { textFeatures } from './words-to-onnx';

/** Where a column is: column `index` of a value [N, W]. */
interface Slot {
  readonly value: Value;
  readonly index: number;
}

const FLOAT = 1;

/**
 * Fitted steps lowered to ONNX: one input [N, 1] a raw column (float with NaN for missing, string with '' for missing), one output `features`
 * [N, F]. The other lowering is `to-sql.ts`; tests hold the two equal.
 *
 * Columns that go through a step together travel as one value [N, W], so that ten thousand columns don't make ten thousand nodes a step.
 */
export function featureModel(
  raw: readonly FeatureColumn[],
  steps: readonly FittedStep[],
  features: readonly string[],
): OnnxModel {
  const graph = new FeatureGraph(new GraphBuilder('preprocess'), raw);
  for (const step of steps) graph.apply(step);
  return graph.finish(features);
}

/** The encoded model; see {@link featureModel}. */
export function featureModelBytes(
  raw: readonly FeatureColumn[],
  steps: readonly FittedStep[],
  features: readonly string[],
): Uint8Array {
  return encodeModel(featureModel(raw, steps, features));
}

class FeatureGraph {
  private columns: readonly FeatureColumn[];
  private kinds: ReadonlyMap<string, OpenKind>;
  private readonly slots = new Map<string, Slot>();

  constructor(
    private readonly builder: GraphBuilder,
    raw: readonly FeatureColumn[],
  ) {
    this.columns = raw;
    this.kinds = kinds(raw);
    for (const { name, kind } of raw) {
      this.slots.set(name, {
        value: builder.input(name, kind === 'text' || kind === 'time' ? 'string' : 'float', ['N', 1]),
        index: 0,
      });
    }
    // What float32 can't hold arrives as an infinity; it is missing, as it is in the data.
    const numbers = raw.filter(({ kind }) => kind === 'number').map(({ name }) => name);
    if (numbers.length > 0) {
      const block = this.gather(numbers);
      this.place(numbers, this.op('Where', this.op('IsInf', block), this.row([NaN]), block));
    }
  }

  apply(step: FittedStep): void {
    this.lower(step);
    this.columns = advance(this.columns, step);
    this.kinds = kinds(this.columns);
  }

  finish(features: readonly string[]): OnnxModel {
    this.builder.output(this.gather(features), 'features', ['N', features.length]);
    return this.builder.build();
  }

  private op(opType: string, ...inputs: Value[]): Value {
    return this.builder.op(opType, inputs);
  }

  /** A constant row [1, W]. */
  private row(values: readonly number[]): Value {
    return this.builder.constant(float(values, [1, values.length]), 'row');
  }

  private slot(name: string): Slot {
    const slot = this.slots.get(name);
    if (!slot) throw new Error(`there is no feature column '${name}'`);
    return slot;
  }

  private width({ shape }: Value): number {
    return typeof shape?.[1] === 'number' ? shape[1] : 1;
  }

  /** The columns side by side, [N, W]. */
  private gather(names: readonly string[]): Value {
    const pieces: { value: Value; indices: number[] }[] = [];
    for (const name of names) {
      const { value, index } = this.slot(name);
      const last = pieces.at(-1);
      if (last?.value === value) last.indices.push(index);
      else pieces.push({ value, indices: [index] });
    }
    const values = pieces.map(({ value, indices }) => {
      if (indices.length === this.width(value) && indices.every((index, i) => index === i)) return value;
      return this.builder.op('Gather', [value, this.builder.constant(int64(indices), 'indices')], { axis: { int: 1 } });
    });
    const [only] = values;
    if (only === undefined) throw new Error('no columns to gather');
    return values.length === 1 ? only : this.builder.op('Concat', values, { axis: { int: 1 } });
  }

  private place(names: readonly string[], value: Value): void {
    names.forEach((name, index) => this.slots.set(name, { value, index }));
  }

  private split(names: readonly string[]): { texts: string[]; numbers: string[] } {
    const isText = (name: string): boolean => this.kinds.get(name) === 'text';
    return { texts: names.filter(isText), numbers: names.filter((name) => !isText(name)) };
  }

  private lower(step: FittedStep): void {
    switch (step.step) {
      case 'fill': {
        const values = new Map(step.columns.map((name, i) => [name, step.values[i]]));
        const { texts, numbers } = this.split(step.columns);
        for (const name of texts) {
          const x = this.slot(name).value;
          const filled = this.builder.constant(strings([String(values.get(name))], [1, 1]), 'fill');
          this.place([name], this.op('Where', this.emptyText(x), filled, x));
        }
        if (numbers.length > 0) {
          const x = this.gather(numbers);
          const filled = this.row(numbers.map((name) => Number(values.get(name))));
          this.place(numbers, this.op('Where', this.op('IsNaN', x), filled, x));
        }
        return;
      }
      case 'clip': {
        const x = this.gather(step.columns);
        const [low, high] = [this.row(step.low), this.row(step.high)];
        const capped = this.op('Where', this.op('Greater', x, high), high, x);
        this.place(step.columns, this.op('Where', this.op('Less', x, low), low, capped));
        return;
      }
      case 'standardize':
        this.scale(step.columns, step.mean, step.std);
        return;
      case 'min-max':
        this.scale(step.columns, step.min, step.range);
        return;
      case 'derive':
        this.derive(step);
        return;
      case 'one-hot': {
        const x = this.gather([step.column]);
        const made =
          this.kinds.get(step.column) === 'text'
            ? this.oneHotText(x, step.categories.map(String))
            : this.builder.op('Cast', [this.op('Equal', x, this.row(step.categories.map(Number)))], {
                to: { int: FLOAT },
              });
        this.slots.delete(step.column);
        this.place(step.features, made);
        return;
      }
      case 'ordinal':
        this.ordinal(step);
        return;
      case 'bag-of-words':
      case 'pixels':
      case 'tokenize':
        this.place(step.features, textFeatures(this.builder, this.gather([step.column]), step));
        return;
      case 'date-parts':
        this.place(step.features, dateFeatures(this.builder, this.gather([step.column]), step));
        return;
      case 'missing-indicator': {
        const made = new Map(step.columns.map((name, i) => [name, step.features[i] ?? '']));
        const { texts, numbers } = this.split(step.columns);
        for (const name of texts) this.place([made.get(name) ?? ''], this.flag(this.emptyText(this.slot(name).value)));
        if (numbers.length > 0) {
          this.place(
            numbers.map((name) => made.get(name) ?? ''),
            this.flag(this.op('IsNaN', this.gather(numbers))),
          );
        }
        return;
      }
      case 'drop':
        for (const name of step.columns) this.slots.delete(name);
        return;
    }
  }

  private scale(names: readonly string[], subtract: readonly number[], divide: readonly number[]): void {
    const centred = this.op('Sub', this.gather(names), this.row(subtract));
    this.place(names, this.op('Div', centred, this.row(divide)));
  }

  private flag(condition: Value): Value {
    return this.builder.op('Cast', [condition], { to: { int: FLOAT } });
  }

  /** Is a text missing? ONNX 17 has no Equal for texts. */
  private emptyText(x: Value): Value {
    const found = this.builder.op('LabelEncoder', [x], {
      keys_strings: { strings: [''] },
      values_floats: { floats: [1] },
      default_float: { float: 0 },
    });
    return this.op('Greater', found, this.row([0.5]));
  }

  /** [N, 1] texts to [N, K]; a category that is not listed gives zeros. */
  private oneHotText(x: Value, categories: readonly string[]): Value {
    const index = this.builder.op('LabelEncoder', [x], {
      keys_strings: { strings: categories },
      values_floats: { floats: categories.map((_, i) => i) },
      default_float: { float: -1 },
    });
    return this.flag(this.op('Equal', index, this.row(categories.map((_, i) => i))));
  }

  private ordinal({ column, categories }: FittedStep & { step: 'ordinal' }): void {
    const x = this.gather([column]);
    if (this.kinds.get(column) === 'text') {
      const index = this.builder.op('LabelEncoder', [x], {
        keys_strings: { strings: categories.map(String) },
        values_floats: { floats: categories.map((_, i) => i) },
        default_float: { float: -1 },
      });
      this.place([column], this.op('Where', this.emptyText(x), this.row([NaN]), index));
      return;
    }
    // The place of the category that equals x: 1-based places summed over the matches, so that no match gives 0, hence -1.
    const matches = this.flag(this.op('Equal', x, this.row(categories.map(Number))));
    const places = this.builder.constant(
      float(
        categories.map((_, i) => i + 1),
        [categories.length, 1],
      ),
      'places',
    );
    const index = this.op('Sub', this.op('MatMul', matches, places), this.row([1]));
    this.place([column], this.op('Where', this.op('IsNaN', x), this.row([NaN]), index));
  }

  private derive({ column, expression, kind, uses }: FittedStep & { step: 'derive' }): void {
    const { tree } = parse(expression);
    if (!tree) throw new Error(`'${expression}' is not an expression`);
    const values = new Map(uses.map((name) => [name, this.gather([name])]));
    const made = toOnnx(this.builder, tree, this.kinds, values);
    this.place([column], kind === 'boolean' && made.type === 'bool' ? this.flag(made) : made);
  }
}
