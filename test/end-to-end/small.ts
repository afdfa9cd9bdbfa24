import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { checkArtifact } from '../../lifecycle/store/artifacts';
import { findManifest } from '../../lifecycle/store/cache';
import { listRuns, readRun } from '../../lifecycle/store/runs';
import { random } from '../rigs/random';
import { executed, newFolder, Project } from './product';

const draw = random(11);
const ROWS = Array.from({ length: 300 }, (_, i) => {
  const a = draw() * 4 - 2;
  const colour = ['red', 'green', 'blue'][Math.floor(draw() * 3)]!;
  const age = 18 + Math.floor(draw() * 60);
  const yes = a + (colour === 'red' ? 1 : 0) + (draw() - 0.5) > 0.4;
  return [String(i), a.toFixed(3), colour, String(age), yes ? 'yes' : 'no'] as const;
});

export const HEADER = 'id,a,colour,age,y';
/** 300 rows that can be learnt. */
export const GOOD = table((row) => row);

/** The rows, changed one by one; `change` gets the row's number in the file, from 2. */
export function table(change: (row: readonly string[], line: number) => readonly string[], header = HEADER): string {
  return `${[header, ...ROWS.map((row, i) => change(row, i + 2).join(','))].join('\n')}\n`;
}

export const PIPELINE = `lifecycle: 1
pipeline: small
stages:
  table:
    kind: data
    source: data.csv
    target: { column: y, positive: 'yes' }
    columns: { id: [id] }
    features:
      - standardize: { columns: numeric }
      - one-hot: { columns: text }
    expect:
      - { column: age, between: [0, 120] }
  model:
    kind: train
    data: table
    model: linear
  exam:
    kind: evaluate
    candidates: [model]
    require:
      auc: { min: 0.6 }
  bundle:
    kind: package
    model: exam.best
    name: small
  live:
    kind: deploy
    package: bundle
    target: local
`;

/** A small project with a finished run: what bad input must not harm. */
export async function smallProject(): Promise<Project> {
  const project = new Project(newFolder(), 'small.pipeline.yaml');
  put(project, GOOD);
  writeFileSync(project.file, PIPELINE);
  assert.deepEqual(executed(await project.run()), ['table', 'model', 'exam', 'bundle']);
  return project;
}

/** Replaces the data. */
export function put(project: Project, data: string | Buffer): void {
  writeFileSync(path.join(project.folder, 'data.csv'), data);
}

/** Every run can be read and none seems to go on, every kept result is whole, and nothing half-written lies about. */
export async function assertWhole({ store }: Project): Promise<void> {
  for (const { id, status } of await listRuns(store)) {
    assert.notEqual(status, 'running', id);
    assert.equal((await readRun(store, id)).garbage, 0, id);
  }
  const cache = path.join(store, 'cache');
  const results = existsSync(cache) ? (readdirSync(cache, { recursive: true }) as string[]) : [];
  for (const name of results.filter((one) => one.includes('.'))) {
    const manifest = await findManifest(store, path.basename(name, '.json'));
    assert.ok(manifest, `${name} can't be read`);
    assert.equal(await checkArtifact(store, manifest, true), undefined, name);
  }
  const temporary = path.join(store, 'tmp');
  if (existsSync(temporary)) assert.deepEqual(readdirSync(temporary), []);
}

export interface Complaint {
  readonly message: RegExp;
  /** `file:line` or `file:line:column` that is named. */
  readonly place?: string;
  readonly code: number;
}

/** A command complains once and clearly, and does no harm: with the good input back, everything that was finished is still there. */
export async function complains(project: Project, complaint: Complaint, ...args: string[]): Promise<string> {
  const { code, text } = project.go(args.length > 0 ? args : ['run']);
  assert.equal(code, complaint.code, text);
  const errors = text.match(/error\[[a-z-]+\]: .*/g) ?? [];
  assert.equal(errors.length, 1, `one message, not ${errors.length}:\n${text}`);
  assert.match(text, complaint.message);
  assert.doesNotMatch(text, /internal-error|stage-crashed|^\s+at .*:\d+:\d+\)?$/m);
  if (complaint.place !== undefined)
    assert.ok(new RegExp(`^\\s*${complaint.place.replaceAll('.', '\\.')}(:\\d+)*: error`, 'm').test(text), text);
  await assertWhole(project);
  put(project, GOOD);
  writeFileSync(project.file, PIPELINE);
  assert.deepEqual(executed(await project.run()), [], 'what was finished is still there');
  return text;
}

/** Gives the project 10,000 columns of whole numbers instead, and nothing that 40 rows can't meet. */
export function wide(project: Project): void {
  const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
  const rows = Array.from({ length: 40 }, (_, i) => [
    ...names.map((_, c) => (i * 31 + c * 17 + ((i * c) % 7)) % 101),
    i % 2 === 0 ? 'yes' : 'no',
  ]);
  put(project, [[...names, 'y'], ...rows].map((row) => row.join(',')).join('\n'));
  project.edit((text) =>
    text
      .replace(/ {4}columns: .*\n/, '')
      .replace(/ {4}expect:\n.*\n/, '')
      .replace(/ {4}require:\n.*\n/, ''),
  );
}
