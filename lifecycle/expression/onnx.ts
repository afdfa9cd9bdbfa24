/**
 * Lowers a checked expression to ONNX nodes, with the meaning that types.ts defines. Missing is NaN for a number and '' for a text.
 * Steps of + - * / % run in float32; roots, powers, exponentials and logarithms in double and are rounded once, as in SQL.
 */
import { type GraphBuilder, type Value } from '../onnx/builder';
import { bool, double, float, strings } from '../onnx/tensor';
import { canServe } from './serve';
import { type Binary, type Call, type Expression, isArithmetic, isLogical } from './syntax';
import { check, type Columns, type Type } from './types';

/**
 * Adds the nodes of an expression to a graph and gives its value: float, string or bool, [N, 1].
 *
 * `values` holds each column as [N, 1]: numbers float, texts string, booleans bool or float (0, 1, NaN for missing).
 *
 * @throws Error when the expression has problems or can't be served: ask `check` and `canServe` first.
 */
export function toOnnx(
  builder: GraphBuilder,
  tree: Expression,
  columns: Columns,
  values: ReadonlyMap<string, Value>,
): Value {
  const checked = check(tree, columns);
  const [problem] = checked.problems;
  if (problem) throw new Error(`The expression is not ready for ONNX: ${problem.message}`);
  const served = canServe(tree, checked);
  if (!served.ok) throw new Error(`The expression can't be served: ${served.reason}.`);
  return new OnnxWriter(builder, checked.types, values).write(tree);
}

const FLOAT = 1;
const DOUBLE = 11;

class OnnxWriter {
  private readonly leaves = new Map<string, Value>();
  private readonly constants = new Map<string, Value>();

  constructor(
    private readonly builder: GraphBuilder,
    private readonly types: ReadonlyMap<Expression, Type>,
    private readonly values: ReadonlyMap<string, Value>,
  ) {}

  write(node: Expression): Value {
    switch (node.kind) {
      case 'number':
        return this.float(Number.isFinite(Math.fround(node.value)) ? node.value : NaN);
      case 'text':
        return this.text(node.value);
      case 'boolean':
        return this.bool(node.value);
      case 'null':
        return this.types.get(node) === 'text' ? this.text('') : this.float(NaN);
      case 'name':
        return this.leaf(node);
      case 'unary':
        return this.op(node.operator === 'not' ? 'Not' : 'Neg', this.write(node.operand));
      case 'binary':
        return this.binary(node);
      case 'in': {
        const found = this.in(node.value, node.options);
        return node.negated ? this.op('Not', found) : found;
      }
      case 'between': {
        const value = this.write(node.value);
        const inside = this.op(
          'And',
          this.op('GreaterOrEqual', value, this.write(node.low)),
          this.op('LessOrEqual', value, this.write(node.high)),
        );
        return node.negated ? this.op('Not', inside) : inside;
      }
      case 'is-null': {
        const missing = this.missingNode(node.value);
        return node.negated ? this.op('Not', missing) : missing;
      }
      case 'call':
        return this.call(node);
    }
  }

  private op(opType: string, ...inputs: Value[]): Value {
    return this.builder.op(opType, inputs);
  }

  private once(key: string, make: () => Value): Value {
    let value = this.constants.get(key);
    if (value === undefined) this.constants.set(key, (value = make()));
    return value;
  }

  private float(value: number): Value {
    return this.once(`f${Object.is(value, -0) ? '-0' : value}`, () =>
      this.builder.constant(float([value], [1, 1]), 'number'),
    );
  }

  private double(value: number): Value {
    return this.once(`d${value}`, () => this.builder.constant(double([value], [1, 1]), 'double'));
  }

  private text(value: string): Value {
    return this.once(`t${value}`, () => this.builder.constant(strings([value], [1, 1]), 'text'));
  }

  private bool(value: boolean): Value {
    return this.once(`b${value}`, () => this.builder.constant(bool([value], [1, 1]), 'boolean'));
  }

  private leaf(node: Expression & { kind: 'name' }): Value {
    const known = this.leaves.get(node.name);
    if (known) return known;
    const value = this.column(node.name);
    const type = this.types.get(node);
    let leaf = value;
    if (type === 'number') leaf = this.finite(value.type === 'float' ? value : this.cast(value, FLOAT));
    if (type === 'boolean' && value.type !== 'bool') leaf = this.isTrue(value);
    this.leaves.set(node.name, leaf);
    return leaf;
  }

  private column(name: string): Value {
    const value = this.values.get(name);
    if (value === undefined) throw new Error(`no value is given for the column '${name}'`);
    return value;
  }

  /** Any number but zero is true, as SQL casts it; a missing one is false. */
  private isTrue(value: Value): Value {
    const known = this.op('Not', this.op('IsNaN', value));
    return this.op('And', known, this.op('Not', this.op('Equal', value, this.float(0))));
  }

  private cast(value: Value, to: number): Value {
    return this.builder.op('Cast', [value], { to: { int: to } });
  }

  /** An infinity becomes NaN. */
  private finite(value: Value): Value {
    return this.op('Where', this.op('IsInf', value), this.float(NaN), value);
  }

  private rounded(value: Value): Value {
    return this.finite(this.cast(value, FLOAT));
  }

  private missingNode(node: Expression): Value {
    if (this.types.get(node) !== 'boolean') return this.missing(this.write(node));
    if (node.kind === 'name') {
      const column = this.column(node.name);
      if (column.type === 'float') return this.op('IsNaN', column);
    }
    const value = this.write(node);
    return this.op('And', value, this.op('Not', value));
  }

  private missing(value: Value): Value {
    return value.type === 'string' ? this.oneOf(value, ['']) : this.op('IsNaN', value);
  }

  /** Is a text one of these? ONNX 17 has no Equal for texts; a LabelEncoder that maps them to 1 and all else to 0 says the same. */
  private oneOf(value: Value, options: readonly string[]): Value {
    const keys = [...new Set(options)];
    const found = this.builder.op('LabelEncoder', [value], {
      keys_strings: { strings: keys },
      values_floats: { floats: keys.map(() => 1) },
      default_float: { float: 0 },
    });
    return this.op('Greater', found, this.float(0.5));
  }

  private in(value: Expression, options: readonly Expression[]): Value {
    if (this.types.get(value) === 'text') {
      return this.oneOf(
        this.write(value),
        options.map((option) => (option.kind === 'text' ? option.value : '')),
      );
    }
    const left = this.write(value);
    return options
      .map((option) => this.op('Equal', left, this.write(option)))
      .reduce((found, next) => this.op('Or', found, next));
  }

  private binary(node: Binary): Value {
    const { operator } = node;
    if (isLogical(operator))
      return this.op(operator === 'and' ? 'And' : 'Or', this.write(node.left), this.write(node.right));
    if (isArithmetic(operator)) return this.arithmetic(operator, node.left, node.right);
    if (operator === '=' || operator === '!=') {
      const equal = this.equal(node.left, node.right);
      return operator === '=' ? equal : this.op('Not', equal);
    }
    const opType = { '<': 'Less', '<=': 'LessOrEqual', '>': 'Greater', '>=': 'GreaterOrEqual' }[operator];
    return this.op(opType, this.write(node.left), this.write(node.right));
  }

  private equal(left: Expression, right: Expression): Value {
    if (this.types.get(left) !== 'text') return this.op('Equal', this.write(left), this.write(right));
    return right.kind === 'text' ? this.in(left, [right]) : this.in(right, [left]);
  }

  private arithmetic(operator: '+' | '-' | '*' | '/' | '%' | '^', left: Expression, right: Expression): Value {
    if (operator === '^') return this.power(left, right);
    const [a, b] = [this.write(left), this.write(right)];
    if (operator === '%') return this.finite(this.builder.op('Mod', [a, b], { fmod: { int: 1 } }));
    return this.finite(this.op({ '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div' }[operator], a, b));
  }

  private power(base: Expression, exponent: Expression): Value {
    const [a, b] = [this.write(base), this.write(exponent)];
    const result = this.rounded(this.op('Pow', this.cast(a, DOUBLE), this.cast(b, DOUBLE)));
    // C says that 1 to any power and anything to the power 0 is 1, also of NaN.
    return this.unlessMissing([a, b], result);
  }

  private unlessMissing(inputs: readonly Value[], result: Value): Value {
    const missing = inputs.map((input) => this.op('IsNaN', input)).reduce((any, next) => this.op('Or', any, next));
    return this.op('Where', missing, this.float(NaN), result);
  }

  /** Max or Min of numbers; onnxruntime's own treatment of NaN is not relied upon. */
  private extreme(opType: 'Max' | 'Min', inputs: readonly Value[]): Value {
    return this.unlessMissing(inputs, this.op(opType, ...inputs));
  }

  private logarithm(argument: Value, scale?: number): Value {
    const positive = this.op('Where', this.op('Greater', argument, this.double(0)), argument, this.double(NaN));
    const natural = this.op('Log', positive);
    return this.rounded(scale === undefined ? natural : this.op('Div', natural, this.double(scale)));
  }

  private if(condition: Value, then: Value, otherwise: Value): Value {
    if (then.type !== 'bool') return this.op('Where', condition, then, otherwise);
    return this.op('Or', this.op('And', condition, then), this.op('And', this.op('Not', condition), otherwise));
  }

  private call(node: Call): Value {
    if (node.name === 'is_missing' && node.arguments[0]) return this.missingNode(node.arguments[0]);
    const args = node.arguments.map((argument) => this.write(argument));
    const [x, y, z] = args;
    if (x === undefined) throw new Error(`'${node.name}' has no arguments`);
    const wide = (): Value => this.cast(x, DOUBLE);
    switch (node.name) {
      case 'abs':
        return this.op('Abs', x);
      case 'floor':
        return this.op('Floor', x);
      case 'ceil':
        return this.op('Ceil', x);
      case 'min':
        return this.extreme('Min', args);
      case 'max':
        return this.extreme('Max', args);
      case 'clip':
        return this.extreme('Max', [this.extreme('Min', [x, z ?? x]), y ?? x]);
      case 'sign':
        return this.unlessMissing([x], this.op('Sign', x));
      case 'round': {
        const value = wide();
        const size = this.op('Floor', this.op('Add', this.op('Abs', value), this.double(0.5)));
        return this.rounded(this.op('Where', this.op('Less', value, this.double(0)), this.op('Neg', size), size));
      }
      case 'sqrt':
        return this.rounded(this.op('Sqrt', wide()));
      case 'exp':
        return this.rounded(this.op('Exp', wide()));
      case 'log':
        return this.logarithm(wide());
      case 'log1p':
        return this.logarithm(this.op('Add', wide(), this.double(1)));
      case 'log10':
        return this.logarithm(wide(), Math.LN10);
      case 'pow': {
        const [base, exponent] = node.arguments;
        if (base === undefined || exponent === undefined) throw new Error("'pow' takes two arguments");
        return this.power(base, exponent);
      }
      case 'if':
        return this.if(x, y ?? x, z ?? x);
      case 'coalesce':
        return args.reduceRight((rest, value) =>
          value.type === 'bool' ? value : this.op('Where', this.missing(value), rest, value),
        );
      default:
        throw new Error(`no ONNX for the function '${node.name}'`);
    }
  }
}
