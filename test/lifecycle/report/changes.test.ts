import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import type { DriftReport } from '../../../schemas/generated/types';
import { changes, changesHtml, changesMarkdown } from '../../../lifecycle/report/changes';
import { nextSteps, worsened } from '../../../lifecycle/report/next-steps';
import { asMarkdown, bars, prose } from '../../../lifecycle/report/pieces';
import { random } from '../../rigs/random';
import { driftReport } from '../../webviews/fixtures';

const origin = { pipeline: 'churn', stage: 'watch', run: '20261103-120000-abcdef' };

describe('what changed, as a report to send', () => {
  it('says the verdict, what to do, and each drifted column in the order of its change', () => {
    const text = changesMarkdown(driftReport(), origin);
    const places = [
      /^# What changed\? churn, watch$/m,
      /^- model: churn-classifier version 3 on local$/m,
      /^- run: 20261103-120000-abcdef$/m,
      /^3 of 12 columns drifted \(25\.0 %\)\. The predictions changed too\.$/m,
      /^## What to do next$/m,
      /^- The model has become worse on rows whose outcome is known: retrain/m,
      /^- Look at the rows where contract = "monthly": 70\.0 % of the drift is there\./m,
      /^## What drifted$/m,
      /^\| column 0 \| Kolmogorov–Smirnov \| 0\.3 \| 0\.1 \| .* \| \\< 0\.001 \|$/m,
      /^\| column 1 /m,
      /^### column 0$/m,
      /^- It changed most where contract = "monthly" \(70\.0 % of all drift is there\)\.$/m,
      /^### column 2$/m,
      /^## Where it is$/m,
      /^## Predictions$/m,
      /^\| accuracy \| 0\.8 \| 0\.74 \[0\.7, 0\.78\] \| 0\.75 \[0\.72, 0\.78\] \| worse \|$/m,
      /^It first shows in the part from 2026-11-03 03:00 UTC\.$/m,
      /^column 3, column 4, .*column 11$/m,
    ].map((pattern) => {
      const at = text.replaceAll('\\[', '[').replaceAll('\\]', ']').search(pattern);
      assert.ok(at >= 0, `${pattern.source} is not in:\n${text}`);
      return at;
    });
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.doesNotMatch(text, /^### column 3$/m);
  });

  it('shows names from data as they are, in both formats', () => {
    const report = driftReport(2);
    const evil = '<img src=x onerror=alert(1)>|`__proto__`[a](javascript:b)';
    for (const feature of report.features) feature.column = evil;
    const html = changesHtml(report, { ...origin, stage: evil });
    assert.doesNotMatch(html, /<img|<script|href=/);
    assert.match(html, /default-src 'none'/);
    const markdown = changesMarkdown(report, { ...origin, stage: evil });
    const rendered = new MarkdownIt({ html: true, linkify: true }).render(markdown);
    assert.doesNotMatch(rendered, /<img|<a /);
    // A bar in a name makes no further cell.
    const rows = /<table>.*?<\/table>/s.exec(rendered)![0].match(/<tr>.*?<\/tr>/gs)!;
    for (const row of rows) assert.equal(row.match(/<t[hd]/g)!.length, 6, row);
  });

  it('keeps any text through Markdown', () => {
    const draw = random(11);
    const signs = [...'ab1 _*[]()<>#+-.!|~\\&{}'];
    const markdown = new MarkdownIt({ html: true, linkify: false });
    for (let i = 0; i < 2_000; i++) {
      const text = Array.from({ length: 12 }, () => signs[Math.floor(draw() * signs.length)]!)
        .join('')
        .trim();
      if (text === '' || /\s{2}/.test(text)) continue;
      const shown = markdown
        .render(`x ${prose(text)}`)
        .replace(/<\/?p>|\n$/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&');
      assert.equal(shown, `x ${text}`);
      assert.equal(markdown.render(`- ${prose(text)}`).match(/<(ul|ol|h\d|blockquote|hr|li)/g)!.length, 2, text);
    }
  });

  it('draws shares with characters: the longest bar is the largest share', () => {
    const drawn = bars({ type: 'shares', title: 'x', labels: ['a', 'bb'], reference: [0.5, 0.5], current: [1, 0] });
    assert.deepEqual(drawn.split('\n'), [
      '    reference                     now',
      `a   ${'█'.repeat(10)}${' '.repeat(10)}  50.0 %  ${'█'.repeat(20)} 100.0 %`,
      `bb  ${'█'.repeat(10)}${' '.repeat(10)}  50.0 %  ${' '.repeat(20)}   0.0 %`,
    ]);
  });

  it('says what a quiet window, too few rows, and an unknown harm come to', () => {
    const { windows: _w, slices: _s, domain: _d, performance: _p, alerts: _a, retrain: _r, ...rest } = driftReport();
    const plain = rest as DriftReport;
    const quiet: DriftReport = {
      ...plain,
      verdict: 'stable',
      drift: { count: 0, share: 0 },
      features: plain.features.map((feature) => ({ ...feature, drifted: false })),
      prediction: { ...plain.prediction!, drifted: false },
    };
    assert.deepEqual(nextSteps(quiet), ['Nothing. The next look compares again.']);
    assert.match(asMarkdown(changes(quiet)), /^Stable: none of 12 columns drifted, nor did the predictions\./);
    const few: DriftReport = { ...plain, verdict: 'too-few-rows', rows: { reference: 4930, current: 7 } };
    assert.match(nextSteps(few)[0]!, /Wait for more requests: 7 are too few/);
    assert.match(nextSteps(plain)[0]!, /Whether the change does harm is not measured/);
  });

  it('names the largest fault of a column, and says nothing of a stray value', () => {
    const report = driftReport(3);
    report.features[0]!.violations = [
      { kind: 'out-of-range', count: 900, share: 0.45, examples: ['-999'] },
      { kind: 'missing', count: 20, share: 0.01 },
    ];
    report.features[1]!.violations = [{ kind: 'out-of-range', count: 2, share: 0.001 }];
    const steps = nextSteps(report).join('\n');
    assert.match(steps, /45\.0 % of the values of column 0 lie outside what the model learnt from \(-999\)/);
    assert.doesNotMatch(steps, /column 1/);
    report.features[0]!.of = 'photo';
    assert.match(
      nextSteps(report).join('\n'),
      /: look at what sends photo\./,
      'no step clips what is measured of an image',
    );
  });

  it('tells outcomes that changed, and those of nobody', () => {
    const report = driftReport();
    report.performance = { ...report.performance!, changed: 1, unknown: 2_500 };
    const text = changesMarkdown(report, origin);
    assert.match(
      text,
      /is known\. 1 was told again and differently; the last one counts\. 2,500 more are for requests/,
    );
  });

  it('calls a metric worse only when its whole interval is', () => {
    const performance = { rows: 10, labelled: 5, reference: { accuracy: 0.8, 'log-loss': 0.4, auc: 0.9 } };
    const found = worsened({
      ...performance,
      metrics: {
        accuracy: { value: 0.7, low: 0.65, high: 0.81 },
        'log-loss': { value: 0.6, low: 0.5, high: 0.7 },
      },
      estimated: { auc: { value: 0.8, low: 0.7, high: 0.85 } },
    });
    assert.deepEqual(found, [
      { metric: 'log-loss', before: 0.4, now: 0.6, estimated: false },
      { metric: 'auc', before: 0.9, now: 0.8, estimated: true },
    ]);
  });
});
