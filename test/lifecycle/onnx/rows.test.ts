import assert from 'node:assert/strict';
import type { ModelInfo } from '../../../schemas/generated/types';
import { nearest } from '../../../lifecycle/expression/nearest';
import { encodeModel, GraphBuilder, openSession } from '../../../lifecycle/onnx';
import { labelsOf, predictRows, rowsToColumns, toColumn, toColumns, ValueError } from '../../../lifecycle/onnx/rows';

const info: ModelInfo = {
  format: 1,
  kind: 'linear',
  task: 'regression',
  target: 'price',
  inputs: [
    { name: 'size', type: 'number', required: true },
    { name: 'rooms', type: 'number' },
    { name: 'city', type: 'text', required: true },
    { name: 'garden', type: 'boolean' },
  ],
  outputs: [{ name: 'prediction', type: 'float', shape: ['N', 1] }],
  servable: true,
};
const strict = { strict: true, nearest };
const row = { size: 1, rooms: 2, city: 'Ulm', garden: true };

function refusal(work: () => unknown): ValueError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ValueError, String(error));
    return error;
  }
  return assert.fail('nothing was refused');
}

describe('rows into a model', () => {
  it('turns rows into columns of the types the graph takes', () => {
    const { rows, columns } = rowsToColumns(info, [row, { city: 'Bonn', size: 3n, garden: 0, rooms: null }], strict);
    assert.equal(rows, 2);
    assert.deepEqual(columns, {
      size: Float32Array.of(1, 3),
      rooms: Float32Array.of(2, NaN),
      city: ['Ulm', 'Bonn'],
      garden: Float32Array.of(1, 0),
    });
  });

  it('gives the same for columns and for rows', () => {
    const byColumn = toColumns(info, { size: [1], rooms: [2], city: ['Ulm'], garden: [true] }, strict);
    assert.deepEqual(byColumn, rowsToColumns(info, [row], strict));
  });

  it('names column, row and what was expected', () => {
    const cases: [unknown, string, RegExp][] = [
      [{ ...row, size: 'big' }, 'value-type', /Column 'size', row 1: expected a number, got the text "big"/],
      [{ ...row, size: '7' }, 'value-type', /got the text "7"/],
      [{ ...row, size: true }, 'value-type', /got true/],
      [{ ...row, size: [1] }, 'value-type', /got a list/],
      [{ ...row, size: {} }, 'value-type', /got an object/],
      [{ ...row, size: 1e39 }, 'value-range', /too large/],
      [{ ...row, size: Infinity }, 'value-range', /too large/],
      [{ ...row, size: null }, 'value-missing', /training never saw it missing/],
      [{ ...row, size: NaN }, 'value-missing', /missing/],
      [{ ...row, city: '' }, 'value-missing', /Column 'city', row 1/],
      [{ ...row, city: 7 }, 'value-type', /expected text, got 7/],
      [{ ...row, garden: 'yes' }, 'value-type', /expected true or false/],
      [{ ...row, garden: 2 }, 'value-type', /got 2/],
      [{ ...row, citty: 'Ulm' }, 'column-unknown', /no column 'citty' \(row 1\)/],
      [{ ...row, price: 3 }, 'column-unknown', /it is what the model predicts/],
      [{ rooms: 1, city: 'Ulm', garden: true }, 'column-missing', /'size' is missing in row 1/],
      [null, 'rows-shape', /Row 1 is nothing/],
      [[1], 'rows-shape', /Row 1 is a list/],
      [JSON.parse('{"size":1,"city":"a","__proto__":{"rooms":1}}'), 'column-unknown', /__proto__/],
    ];
    for (const [bad, code, message] of cases) {
      const error = refusal(() => rowsToColumns(info, [row, bad], strict));
      assert.equal(error.code, code, String(error));
      assert.match(error.message, message);
    }
  });

  it('hints at the name that was meant', () => {
    assert.match(
      refusal(() => rowsToColumns(info, [{ ...row, citty: 'x' }], strict)).problem.hint ?? '',
      /Did you mean 'city'/,
    );
    const misspelt = { sise: 1, rooms: 2, city: 'Ulm', garden: true };
    assert.match(refusal(() => rowsToColumns(info, [misspelt], strict)).problem.hint ?? '', /'sise' was given/);
  });

  it('does not take what every object inherits for a column', () => {
    const odd: ModelInfo = { ...info, inputs: [{ name: 'constructor', type: 'number', required: true }] };
    assert.equal(refusal(() => rowsToColumns(odd, [{}], strict)).code, 'column-missing');
    assert.deepEqual(rowsToColumns(odd, [{ constructor: 4 }], strict).columns['constructor'], Float32Array.of(4));
  });

  it('passes missing values on when it need not be strict', () => {
    assert.deepEqual(
      toColumns(info, { size: [null, 1] }, { unknown: 'ignore' }).columns['size'],
      Float32Array.of(NaN, 1),
    );
    assert.deepEqual(toColumn({ name: 'c', type: 'text' }, [null, 'a', undefined]), ['', 'a', '']);
  });

  it('runs the graph', async () => {
    const graph = new GraphBuilder('sum');
    const total = graph.op('Add', [graph.input('a', 'float', ['N', 1]), graph.input('b', 'float', ['N', 1])]);
    graph.output(total, 'prediction', ['N', 1]);
    const session = await openSession(encodeModel(graph.build()));
    const sum: ModelInfo = {
      ...info,
      inputs: [
        { name: 'a', type: 'number' },
        { name: 'b', type: 'number' },
      ],
    };
    const { prediction } = await predictRows(session, sum, { a: [1, 2], b: [0.5, null], other: ['x', 'y'] });
    assert.deepEqual(prediction, Float32Array.of(1.5, NaN));
    await session.close();
  });

  it('labels by threshold for two classes, by the largest probability for more', () => {
    const two: ModelInfo = { ...info, task: 'binary', classes: ['No', 'Yes'], threshold: 0.3 };
    assert.deepEqual([...labelsOf(two, Float32Array.of(0.7, 0.3, 0.71, 0.29))], [1, 0]);
    const three: ModelInfo = { ...info, task: 'multiclass', classes: ['a', 'b', 'c'] };
    assert.deepEqual([...labelsOf(three, Float32Array.of(0.2, 0.4, 0.4, 0.1, 0.1, 0.8))], [1, 2]);
  });
});
