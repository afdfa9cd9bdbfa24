import assert from 'node:assert/strict';
import { textChanges } from '../../../lifecycle/pipeline/text-changes';

const pipeline = (header: string, ...stages: string[]) =>
  `lifecycle: 1\npipeline: p\n${header}stages:\n${stages.join('')}`;
const stage = (name: string, source = 'a.csv') => `  ${name}:\n    kind: data\n    source: ${source}\n`;

describe('pipeline/text-changes', () => {
  const path = '/p/p.pipeline.yaml';
  const none = { header: [], added: [], removed: [], changed: [], differ: false };

  it('names stages and keys of the header that change, come and go', () => {
    const before = pipeline('seed: 7\n', stage('a'), stage('b'), stage('old'));
    const after = pipeline('seed: 8\ndescription: x\n', stage('new'), stage('b', 'b.csv'), stage('a'));
    assert.deepEqual(textChanges(path, before, after), {
      header: ['seed', 'description'],
      added: ['new'],
      removed: ['old'],
      changed: ['b'],
      differ: true,
    });
  });

  it('tells a text that differs in comments only from one that is the same', () => {
    const text = pipeline('', stage('a'));
    assert.deepEqual(textChanges(path, text, text), none);
    assert.deepEqual(textChanges(path, text, text.replaceAll('\n', '\r\n')), none);
    assert.deepEqual(textChanges(path, text, `# why\n${text}`), { ...none, differ: true });
  });

  it('reads documents, and texts that are broken', () => {
    const document = (name: string, words: string) =>
      `---\nlifecycle: 1\npipeline: p\n---\n\n${words}\n\n\`\`\`yaml stage\n${name}:\n  kind: data\n  source: a.csv\n\`\`\`\n`;
    const file = '/p/p.lifecycle.md';
    assert.deepEqual(textChanges(file, document('a', 'one'), document('a', 'two')), { ...none, differ: true });
    assert.deepEqual(textChanges(file, document('a', ''), document('b', '')), {
      ...none,
      added: ['b'],
      removed: ['a'],
      differ: true,
    });
    assert.equal(textChanges(path, 'stages: [', pipeline('', stage('a'))).differ, true);
    assert.deepEqual(textChanges(path, '', pipeline('', stage('a'))).added, ['a']);
  });
});
