import assert from 'node:assert/strict';
import {
  analyze,
  AnalysisCache,
  cellsOf,
  cellValue,
  newCell,
  parse,
  toDocument,
  toPipeline,
  writeCell,
} from '../../../lifecycle/pipeline';

const shapes = (text: string, spelling: 'pipeline' | 'document'): string[] =>
  parse(text, spelling).parts.map(({ type, text: part }) => `${type}:${part.trim().split('\n')[0] ?? ''}`);

describe('the parts of a pipeline', () => {
  it('keep a stage that is out of line above a second `stages:` marked while the text below is edited', () => {
    const stage = (name: string): string => `  ${name}:\n    kind: data\n    source: a.csv\n`;
    const text = `pipeline: x\nstages:\n${stage('a')} odd:\n    kind: data\nlifecycle: 1\nstages:\n${['b', 'c', 'd', 'e'].map(stage).join('')}`;
    const once = analyze('x.pipeline.yaml', text).diagnostics.filter(({ code }) => code === 'bad-indent');
    assert.equal(once.length, 1);
    const cache = new AnalysisCache();
    for (const each of [text, text.replace('  e:', '  f:'), text]) {
      const { diagnostics } = analyze('x.pipeline.yaml', each, { cache });
      assert.deepEqual(diagnostics, analyze('x.pipeline.yaml', each).diagnostics);
    }
  });
  it('are header, mark and stages, comments with the stage below them', () => {
    assert.deepEqual(
      shapes(
        '# top\nlifecycle: 1\nstages: # all\n\n  # about a\n  a:\n    kind: data\n    # inside\n\n  b: {kind: data}\n# about seed\nseed: 3\n',
        'pipeline',
      ),
      ['header:# top', 'mark:stages: # all', 'stage:# about a', 'stage:b: {kind: data}', 'header:# about seed'],
    );
  });

  it('know their section', () => {
    assert.deepEqual(
      shapes(
        'description: |\n  stages:\n    x:\nstages:\n  a:\n    description: |\n      b:\n       c: d\n',
        'pipeline',
      ),
      ['header:description: |', 'mark:stages:', 'stage:a:'],
    );
  });

  it('are the whole where lines do not tell stages apart', () => {
    for (const text of [
      '{stages: {a: 1}}',
      'stages: {a: {kind: data}}\n',
      'stages:\n- a\n',
      'stages:\n  &x a: 1\n',
      'stages:\n  <<: *x\n',
      'stages:\n  a: 1\n---\nb: 1\n',
      'stages:\n  a: 1\nstages:\n  b: 1\n',
      'seed: 1\n',
    ])
      assert.deepEqual(
        parse(text, 'pipeline').parts.map(({ type }) => type),
        ['whole'],
        text,
      );
  });

  it('keep closing brackets at the indentation of names', () => {
    assert.deepEqual(shapes('stages:\n  a: {\n    kind: data\n  }\n  b: 1\n', 'pipeline'), [
      'mark:stages:',
      'stage:a: {',
      'stage:b: 1',
    ]);
  });
});

describe('the cells of a document', () => {
  const kinds = (text: string): string[] =>
    cellsOf(text).map((cell) => (cell.type === 'stages' ? `stages(${cellValue(text, cell)})` : cell.type));
  const stage = 'a:\n  kind: data';

  it('are front matter, prose and stages', () => {
    assert.deepEqual(kinds(`---\nlifecycle: 1\n---\n# T\n\n\`\`\`yaml stage\n${stage}\n\`\`\`\n\nend\n`), [
      'front',
      'prose',
      `stages(${stage})`,
      'prose',
    ]);
  });
  it('take tildes, long fences, words after the info, indentation, CRLF and a BOM', () => {
    assert.deepEqual(kinds(`~~~~yml stages id=1\n${stage}\n~~~\n~~~~~ \n`), [`stages(${stage}\n~~~)`]);
    assert.deepEqual(kinds(`  \`\`\`yaml stage\n  a:\n    kind: data\n  \`\`\`\n`), [`stages(${stage})`]);
    assert.deepEqual(kinds(`\`\`\`yaml stage\r\n${stage.replace('\n', '\r\n')}\r\n\`\`\`\r\n`), [`stages(${stage})`]);
    assert.deepEqual(kinds(`\ufeff---\nlifecycle: 1\n---\n\`\`\`yaml stage\n${stage}\n\`\`\``), [
      'front',
      `stages(${stage})`,
    ]);
  });
  it('end with the document when a fence is never closed', () => {
    const text = `p\n\`\`\`yaml stage\n${stage}\n`;
    assert.deepEqual(kinds(text), ['prose', `stages(${stage})`]);
    assert.ok(analyze('x.lifecycle.md', text).diagnostics.some(({ code }) => code === 'unclosed-fence'));
  });
  it('do not come from examples in prose', () => {
    for (const text of [
      `\`\`\`\`markdown\n\`\`\`yaml stage\n${stage}\n\`\`\`\n\`\`\`\`\n`,
      `<!--\n\`\`\`yaml stage\n${stage}\n\`\`\`\n-->\n`,
      `<pre>\n\`\`\`yaml stage\n\`\`\`\n</pre>\n`,
      `    \`\`\`yaml stage\n    a: 1\n    \`\`\`\n`,
      '```yaml\na: 1\n```\n',
      '```yaml stage `x`\na: 1\n',
    ])
      assert.deepEqual(kinds(text), ['prose'], text);
  });
  it('are not begun by a rule in the middle', () => {
    assert.deepEqual(kinds('text\n---\nlifecycle: 1\n---\n'), ['prose']);
    assert.deepEqual(kinds('---\nnever closed\n'), ['prose']);
  });

  const onlyCell = (text: string) => {
    const cell = cellsOf(text).find(({ type }) => type === 'stages');
    assert.ok(cell?.type === 'stages');
    return cell;
  };
  it('are written as they were when nothing changed', () => {
    for (const text of [`  ~~~yaml stage x\r\n  a: 1\r\n ~~~~  \r\n`, '```yaml stage\n```', '```yaml stage\na: 1'])
      assert.equal(writeCell(text, onlyCell(text), cellValue(text, onlyCell(text))), text);
  });
  it('are written with their own fence, indentation and line breaks when changed', () => {
    const text = '  ~~~yaml stage\r\n  a: 1\r\n  ~~~\r\nend';
    assert.equal(
      writeCell(text, onlyCell(text), 'a: 2\n\nb:\n  c: 3'),
      '  ~~~yaml stage\r\n  a: 2\r\n\r\n  b:\r\n    c: 3\r\n  ~~~\r\n',
    );
  });
  it('get a longer fence when their text holds one', () => {
    const text = newCell('a:\n  description: |\n    ```\n    x\n    ```');
    assert.match(text, /^````yaml stage\n/);
    assert.deepEqual(cellsOf(text).length, 1);
    const short = '```yaml stage\na: 1\n```\n';
    const longer = writeCell(short, onlyCell(short), 'a: |\n ```');
    assert.equal(cellsOf(longer).length, 1);
    assert.equal(cellValue(longer, onlyCell(longer)), 'a: |\n ```');
  });
});

describe('writing one spelling as the other', () => {
  it('keeps comments as prose, and prose as comments', () => {
    const pipeline =
      'lifecycle: 1\npipeline: x\nstages:\n  # Where it comes from.\n  # Every night.\n  a:\n    kind: data # csv\n    source: a.csv\n\n  b: {kind: train, data: a, model: linear}\n';
    const document =
      '---\nlifecycle: 1\npipeline: x\n---\n\nWhere it comes from.\nEvery night.\n\n```yaml stage\na:\n  kind: data # csv\n  source: a.csv\n```\n\n```yaml stage\nb: {kind: train, data: a, model: linear}\n```\n';
    assert.equal(toDocument(pipeline), document);
    assert.equal(toPipeline(document), pipeline);
  });
  it('keeps a comment a comment when it would be more than prose', () => {
    const pipeline =
      'lifecycle: 1\npipeline: x\nstages:\n  # ```yaml stage\n  # z: {}\n  a: {kind: data, source: a.csv}\n';
    assert.equal(analyze('x.lifecycle.md', toDocument(pipeline)).stages.length, 1);
  });
  it('writes flow maps and shared anchors anew', () => {
    const pipeline = '{lifecycle: 1, pipeline: x, stages: {a: &a {kind: data, source: a.csv}, b: *a}}';
    const analysis = analyze('x.lifecycle.md', toDocument(pipeline));
    assert.deepEqual(
      analysis.stages.map(({ name, value }) => [name, value]),
      ['a', 'b'].map((name) => [name, { kind: 'data', source: 'a.csv' }]),
    );
  });
  it('keeps CRLF', () => {
    assert.doesNotMatch(
      toDocument('lifecycle: 1\r\npipeline: x\r\nstages:\r\n  # c\r\n  a:\r\n    kind: data\r\n'),
      /[^\r]\n/,
    );
    assert.doesNotMatch(
      toPipeline('---\r\nlifecycle: 1\r\n---\r\n\r\nprose\r\n\r\n```yaml stage\r\na:\r\n  kind: data\r\n```\r\n'),
      /[^\r]\n/,
    );
  });
});
