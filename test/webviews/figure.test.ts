import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bytes,
  extent,
  padded,
  path,
  percent,
  scale,
  shade,
  shades,
  spread,
  ticks,
  toNumber,
  written,
} from '../../webviews/ui-kit/figure';
import { heat, hues } from '../../webviews/ui-kit/theme';
import { curl, python } from '../../webviews/requests';

describe('figures', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  it('reads numbers that came as words', () => {
    assert.equal(toNumber('Infinity'), Infinity);
    assert.equal(toNumber('-Infinity'), -Infinity);
    for (const nothing of ['NaN', '', 'three', null, undefined]) assert.ok(Number.isNaN(toNumber(nothing)));
  });

  it('finds the finite ends of values', () => {
    assert.deepEqual(extent([3, 'NaN', null, -2, 'Infinity']), [-2, 3]);
    assert.equal(extent(['NaN', 'Infinity', null]), undefined);
    assert.equal(extent([]), undefined);
  });

  it('scales a domain onto a range', () => {
    const toX = scale([0, 10], [100, 200]);
    assert.deepEqual([0, 5, 10].map(toX), [100, 150, 200]);
    assert.equal(scale([4, 4], [0, 10])(4), 5);
    assert.equal(scale([-Number.MAX_VALUE, Number.MAX_VALUE], [0, 100])(0), 50);
  });

  it('puts ticks on round values', () => {
    assert.deepEqual(ticks([0, 1], 4), [0, 0.5, 1]);
    assert.deepEqual(ticks([0, 1], 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(ticks([0.62, 0.86], 4), [0.7, 0.8]);
    assert.deepEqual(ticks([-12_000, 9_000], 4), [-10_000, 0]);
    assert.deepEqual(ticks([5, 5], 4), [5]);
    assert.deepEqual(ticks([NaN, 1], 4), []);
    assert.deepEqual(ticks([2, 1], 4), []);
    assert.ok(ticks([1e20, 1e20 + 16384], 4).length <= 10, 'steps below the precision of a number');
  });

  it('gives ticks for any domain: few, in order, inside or its ends', () => {
    fc.assert(
      fc.property(finite, finite, fc.integer({ min: 1, max: 10 }), (a, b, count) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        const found = ticks([low, high], count);
        assert.ok(found.length >= 1 && found.length <= 2 * count + 3, String(found.length));
        assert.ok(found.every((value) => Number.isFinite(value)));
        for (let index = 1; index < found.length; index++) assert.ok((found[index] ?? 0) >= (found[index - 1] ?? 0));
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves room around a curve', () => {
    assert.deepEqual(padded([0, 10], 0.1), [-1, 11]);
    assert.deepEqual(padded([0, 0]), [-1, 1]);
    const [low, high] = padded([1e300, 1e300]);
    assert.ok(low < 1e300 && high > 1e300);
  });

  it('draws a path with gaps where a value is not finite', () => {
    assert.equal(path([]), '');
    assert.equal(
      path([
        [0, 1],
        [2, 3.14159],
        [4, NaN],
        [5, 6],
      ]),
      'M0 1h0L2 3.1M5 6h0',
    );
    assert.equal(path([[NaN, Infinity]]), '');
  });

  it('never writes anything but numbers into a path', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), fc.double())), (points) => {
        assert.match(path(points), /^[MLh0-9e.+ -]*$/);
      }),
    );
  });

  it('shades shares', () => {
    assert.deepEqual([0, NaN, null, -1, 'NaN'].map(shade), [0, 0, 0, 0, 0]);
    assert.equal(shade(1e-9), 1);
    assert.equal(shade(1), shades);
    assert.equal(shade(7), shades);
  });

  it('spreads over a list with both ends', () => {
    assert.deepEqual(spread([1, 2, 3], 5), [1, 2, 3]);
    assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 3), [0, 4, 8]);
    assert.deepEqual(spread([], 3), []);
  });

  it('names numbers that are none', () => {
    assert.deepEqual(['NaN', NaN, 'Infinity', -Infinity, null, undefined, 0.25].map(written), [
      'NaN',
      'NaN',
      '∞',
      '−∞',
      '–',
      '–',
      '0.25',
    ]);
  });

  it('writes shares and sizes', () => {
    assert.deepEqual([0, 0.0004, 0.0312, 0.5, 1, 'NaN'].map(percent), [
      '0 %',
      '< 0.1 %',
      '3.1 %',
      '50 %',
      '100 %',
      '–',
    ]);
    assert.deepEqual([12, 59_616, 4_100_000, null].map(bytes), ['12 B', '60 kB', '4.1 MB', '–']);
  });
});

describe('colours', () => {
  const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };

  it('keep curves apart from the background of every theme (WCAG 2.2, 1.4.11: 3 to 1)', () => {
    for (const background of ['#1f1f1f', '#1e1e1e', '#000000'])
      for (const color of hues.dark) assert.ok(contrast(color, background) >= 3, `${color} on ${background}`);
    for (const background of ['#ffffff', '#f8f8f8'])
      for (const color of hues.light) assert.ok(contrast(color, background) >= 3, `${color} on ${background}`);
  });

  it('keep text readable on the fullest heat (WCAG 2.2, 1.4.3: 4.5 to 1)', () => {
    for (const text of ['#cccccc', '#ffffff']) assert.ok(contrast(text, heat.dark) >= 4.5, text);
    for (const text of ['#3b3b3b', '#292929', '#000000']) assert.ok(contrast(text, heat.light) >= 4.5, text);
  });
});

describe('the command that asks a served model', () => {
  it('quotes whatever a row holds', () => {
    const rows = { rows: [{ name: `it's $HOME "quoted"` }] };
    assert.equal(
      curl('http://127.0.0.1:1/', rows),
      `curl -s http://127.0.0.1:1/predict -d '{"rows":[{"name":"it\\u0027s $HOME \\"quoted\\""}]}'`,
    );
    assert.match(python('http://127.0.0.1:1', rows), /json\.loads\("\{\\"rows\\":/);
  });
});
