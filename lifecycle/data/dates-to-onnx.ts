import { float, type GraphBuilder, int64, strings, type Value } from '../onnx';
import { type DatePart, type DateParts } from './feature-columns';

/** Minutes by which a clock may be off UTC. */
const OFFSETS = Array.from({ length: 105 }, (_, i) => (i - 48) * 15);

/**
 * Parts of dates and times [N, 1], ISO texts, as [N, F] float32. What is no such date has no parts (NaN). A time with an offset is taken to UTC, as
 * it is in the data. Days are counted by the proleptic Gregorian calendar (H. Hinnant, chrono-compatible low-level date algorithms).
 */
export function dateFeatures(builder: GraphBuilder, texts: Value, step: DateParts): Value {
  const graph = new DateGraph(builder);
  const { year, month, day, hour, minute, offset } = graph.read(texts);
  const start = graph.days(year, month, day);
  // What has no date has no clock either.
  const clock = graph.add(graph.sub(graph.add(graph.mul(hour, 60), minute), offset), graph.mul(start, 0));
  const shift = graph.floor(graph.div(clock, 1440));
  const local = graph.sub(clock, graph.mul(shift, 1440));
  const days = graph.add(start, shift);
  const date = graph.date(days);
  const made: Record<DatePart, () => Value> = {
    year: () => date.year,
    quarter: () => graph.floor(graph.div(graph.add(date.month, 2), 3)),
    month: () => date.month,
    day: () => date.day,
    weekday: () => graph.add(graph.mod(graph.add(days, 3), 7), 1),
    'day-of-year': () =>
      graph.add(graph.sub(days, graph.days(date.year, graph.like(date.year, 1), graph.like(date.year, 1))), 1),
    hour: () => graph.floor(graph.div(local, 60)),
    minute: () => graph.mod(local, 60),
    days: () => days,
  };
  const parts = step.parts.map((part) => made[part]());
  return parts.length === 1 ? (parts[0] as Value) : builder.op('Concat', parts, { axis: { int: 1 } });
}

/** Arithmetic on columns [N, 1] of whole numbers below 2²⁴, exact in float32. */
class DateGraph {
  constructor(private readonly builder: GraphBuilder) {}

  private constant(value: number): Value {
    return this.builder.constant(float([value], [1, 1]), 'date');
  }

  private value(x: Value | number): Value {
    return typeof x === 'number' ? this.constant(x) : x;
  }

  add(a: Value, b: Value | number): Value {
    return this.builder.op('Add', [a, this.value(b)]);
  }

  sub(a: Value, b: Value | number): Value {
    return this.builder.op('Sub', [a, this.value(b)]);
  }

  mul(a: Value, b: number): Value {
    return this.builder.op('Mul', [a, this.value(b)]);
  }

  div(a: Value, b: number): Value {
    return this.builder.op('Div', [a, this.value(b)]);
  }

  floor(a: Value): Value {
    return this.builder.op('Floor', [a]);
  }

  mod(a: Value, b: number): Value {
    return this.sub(a, this.mul(this.floor(this.div(a, b)), b));
  }

  /** The number in each row that has one. */
  like(a: Value, value: number): Value {
    return this.add(this.mul(a, 0), value);
  }

  private where(condition: Value, a: Value, b: Value): Value {
    return this.builder.op('Where', [condition, a, b]);
  }

  /** Days since 1970-01-01. */
  days(year: Value, month: Value, day: Value): Value {
    const early = this.builder.op('Less', [month, this.constant(2.5)]);
    const y = this.where(early, this.sub(year, 1), year);
    const era = this.floor(this.div(y, 400));
    const yoe = this.sub(y, this.mul(era, 400));
    const doy = this.sub(
      this.add(this.floor(this.div(this.add(this.mul(this.mod(this.add(month, 9), 12), 153), 2), 5)), day),
      1,
    );
    const leaps = this.sub(this.floor(this.div(yoe, 4)), this.floor(this.div(yoe, 100)));
    const doe = this.add(this.add(this.mul(yoe, 365), leaps), doy);
    return this.sub(this.add(this.mul(era, 146_097), doe), 719_468);
  }

  date(days: Value): { year: Value; month: Value; day: Value } {
    const z = this.add(days, 719_468);
    const era = this.floor(this.div(z, 146_097));
    const doe = this.sub(z, this.mul(era, 146_097));
    const fours = this.sub(doe, this.floor(this.div(doe, 1460)));
    const centuries = this.sub(this.floor(this.div(doe, 36_524)), this.floor(this.div(doe, 146_096)));
    const yoe = this.floor(this.div(this.add(fours, centuries), 365));
    const before = this.add(this.mul(yoe, 365), this.sub(this.floor(this.div(yoe, 4)), this.floor(this.div(yoe, 100))));
    const doy = this.sub(doe, before);
    const mp = this.floor(this.div(this.add(this.mul(doy, 5), 2), 153));
    const day = this.add(this.sub(doy, this.floor(this.div(this.add(this.mul(mp, 153), 2), 5))), 1);
    const month = this.add(this.mod(this.add(mp, 2), 12), 1);
    const early = this.builder.op('Less', [month, this.constant(2.5)]);
    const year = this.add(yoe, this.mul(era, 400));
    return { year: this.where(early, this.add(year, 1), year), month, day };
  }

  read(texts: Value): Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'offset', Value> {
    // One whole date more, so that there are always as many numbers as one has.
    const whole = this.builder.constant(strings(['2000-01-01 00:00+00:00'], [1, 1]), 'whole_date');
    const more = this.builder.op('Concat', [texts, whole], { axis: { int: 0 } }, { type: 'string', shape: ['M', 1] });
    const numbers = this.tokens(more, '[0-9]+');
    const offsets = this.tokens(more, '[+-][0-9]{2}:?[0-9]{2}$');
    const within = (low: number, high: number): [string, number][] =>
      Array.from({ length: high - low + 1 }, (_, i) => low + i).flatMap((value): [string, number][] =>
        value < 10
          ? [
              [String(value), value],
              [`0${value}`, value],
            ]
          : [[String(value), value]],
      );
    const sign = (minutes: number): string => (minutes < 0 ? '-' : '+');
    const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
    const shown = (minutes: number, between: string): string =>
      `${sign(minutes)}${two(Math.abs(minutes) / 60)}${between}${two(Math.abs(minutes) % 60)}`;
    return {
      year: this.encode(numbers, 0, within(1000, 2999)),
      month: this.encode(numbers, 1, within(1, 12)),
      day: this.encode(numbers, 2, within(1, 31)),
      hour: this.encode(numbers, 3, [['', 0], ...within(0, 23)]),
      minute: this.encode(numbers, 4, [['', 0], ...within(0, 59)]),
      offset: this.encode(offsets, 0, [
        ['', 0],
        ...OFFSETS.flatMap((minutes): [string, number][] => [
          [shown(minutes, ':'), minutes],
          [shown(minutes, ''), minutes],
        ]),
      ]),
    };
  }

  /** What a pattern of RE2 finds: [M, 1, D] string. */
  private tokens(texts: Value, pattern: string): Value {
    return this.builder.op(
      'Tokenizer',
      [texts],
      { mark: { int: 0 }, mincharnum: { int: 1 }, pad_value: { string: '' }, tokenexp: { string: pattern } },
      { domain: 'com.microsoft', type: 'string', shape: ['M', 1, 'D'], hint: 'date' },
    );
  }

  /** The n-th of what was found as a number, without the last row: [N, 1]. */
  private encode(tokens: Value, at: number, keys: readonly (readonly [string, number])[]): Value {
    const index = (values: readonly number[]): Value => this.builder.constant(int64(values), 'part');
    const part = this.builder.op(
      'Slice',
      [tokens, index([0, 0, at]), index([-1, 1, at + 1]), index([0, 1, 2])],
      {},
      { type: 'string', shape: ['N', 1, 1] },
    );
    const flat = this.builder.op('Reshape', [part, index([-1, 1])], {}, { type: 'string', shape: ['N', 1] });
    return this.builder.op(
      'LabelEncoder',
      [flat],
      {
        keys_strings: { strings: keys.map(([key]) => key) },
        values_floats: { floats: keys.map(([, value]) => value) },
        default_float: { float: NaN },
      },
      { type: 'float', shape: ['N', 1] },
    );
  }
}
