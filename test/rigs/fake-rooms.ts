import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import type { DataStage, EvaluateStage, PackageStage, Stage, TrainStage } from '../../schemas/generated/types';
import { UserError } from '../../lifecycle/problem';
import type { Plan, PlannedStage } from '../../lifecycle/pipeline/types';
import type { Rooms } from '../../lifecycle/run/rooms';
import type { Room, StageContext, StageResult } from '../../lifecycle/store/room';

/**
 * Small rooms that stand in for the real ones. `data` copies its file (outputs `train` and `test`), `train` does what its command says,
 * `evaluate` joins its candidates (output `best`), `package` copies, `deploy` leaves a note in the project root.
 */
export const fakeRooms: Rooms = {
  data: () =>
    Promise.resolve({
      kind: 'data',
      version: 1,
      inputs: async (stage, where) => ({ [`file ${fileOf(stage)}`]: await where.hashFile(fileOf(stage)) }),
      run: (context) => {
        const text = readFileSync(join(context.folder, fileOf(context.stage)), 'utf8');
        const [train = '', test = ''] = text.split('|');
        writeFileSync(join(context.output, 'train.txt'), train);
        writeFileSync(join(context.output, 'test.txt'), test);
        return Promise.resolve({
          metrics: { rows: text.length },
          summary: `${text.length} rows`,
          outputs: { train: ['train.txt'], test: ['test.txt'] },
        });
      },
    }),
  train: () => Promise.resolve({ kind: 'train', version: 1, run: train } satisfies Room<TrainStage>),
  evaluate: () =>
    Promise.resolve({
      kind: 'evaluate',
      version: 1,
      run: (context: StageContext<EvaluateStage>) => {
        mkdirSync(join(context.output, 'best'));
        const joined = context.stage.candidates
          .map((name) => readFileSync(join(context.input(name).path, 'model.txt'), 'utf8'))
          .join('\n');
        writeFileSync(join(context.output, 'best', 'model.txt'), joined);
        return Promise.resolve({ metrics: { auc: 0.5 }, outputs: { best: ['best'] } });
      },
    }),
  package: () =>
    Promise.resolve({
      kind: 'package',
      version: 1,
      run: (context: StageContext<PackageStage>) => {
        writeFileSync(
          join(context.output, 'model.txt'),
          readFileSync(join(context.input(context.stage.model).path, 'model.txt')),
        );
        return Promise.resolve({});
      },
    }),
  deploy: () =>
    Promise.resolve({
      kind: 'deploy',
      version: 1,
      effect: true,
      run: (context) => {
        writeFileSync(
          join(context.root, 'deployed.txt'),
          readFileSync(join(context.input(context.stage.package).path, 'model.txt')),
        );
        writeFileSync(join(context.output, 'deployment.json'), '{}');
        return Promise.resolve({ summary: 'deployed' });
      },
    }),
};

const fileOf = (stage: DataStage) => (typeof stage.source === 'string' ? stage.source : '');

async function train(context: StageContext<TrainStage>): Promise<StageResult> {
  const [verb = '', argument = ''] = context.stage.command ?? [];
  const pause = (ms: number) =>
    new Promise<void>((resolve, reject) => {
      context.signal.throwIfAborted();
      const timer = setTimeout(resolve, ms);
      context.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Error('aborted'));
      });
    });
  if (verb === 'sleep') {
    const parts = 10;
    for (let part = 0; part < parts; part++) {
      context.progress(part / parts, `part ${part}`);
      context.metric('loss', 1 / (part + 1), part, part);
      writeFileSync(join(context.output, 'partial'), 'x');
      await pause(Number(argument) / parts);
    }
  }
  if (verb === 'fail')
    throw new UserError({ code: 'went-wrong', message: argument, hint: 'Try again.', path: ['command', 1] });
  if (verb === 'gate') throw new UserError({ code: 'gate-failed', message: argument });
  if (verb === 'bug') throw new TypeError('x is not a function');
  if (verb === 'exit') process.exit(Number(argument));
  if (verb === 'die') process.kill(process.pid, 'SIGKILL');
  if (verb === 'print') for (const line of argument.split(',')) console.log(line);
  if (verb === 'flood') for (let i = 0; i < Number(argument); i++) console.log(`line ${i}`);
  if (verb === 'points') for (let i = 0; i < Number(argument); i++) context.metric('loss', i === 3 ? NaN : i, i);
  if (verb === 'keep') for (let i = 1; i <= Number(argument); i++) context.checkpoint?.(100 * i, i);
  if (verb === 'warn') context.log('warning', argument, { code: 'careful', path: ['command', 1, 'deeper'] });
  if (verb === 'secret') context.log('info', `the secret is ${await context.secret(argument)}`);
  if (verb === 'nan') return { metrics: { auc: NaN } };
  if (verb === 'full') throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  if (verb === 'fill') {
    // 'output' fills the disk with its result; 'beside' fills it for good, then goes on talking.
    try {
      for (let i = 0; i < 100; i++)
        appendFileSync(join(argument === 'output' ? context.output : context.root, 'ballast'), Buffer.alloc(1 << 20));
    } catch (error) {
      if (argument === 'output') throw error;
    }
    for (let i = 0; i < 200; i++) {
      context.metric('loss', 1, i);
      await pause(20);
    }
  }
  if (verb === 'deaf') {
    // Neither it nor its child listens to SIGTERM.
    process.removeAllListeners('SIGTERM');
    process.on('SIGTERM', () => undefined);
    const child = spawn(process.execPath, ['-e', "process.on('SIGTERM',()=>{});setInterval(()=>{},1000)"], {
      stdio: 'ignore',
    });
    context.log('info', `pids ${process.pid} ${child.pid}`);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  const input = context.input(context.stage.data ?? '');
  const content = readFileSync(join(input.path, `${input.output ?? 'train'}.txt`), 'utf8');
  writeFileSync(
    join(context.output, 'model.txt'),
    `${context.stage.command?.join(' ')} seed ${context.seed} on ${content}`,
  );
  return { metrics: { auc: 0.75 }, summary: `made with ${context.threads} threads` };
}

/** A plan from stages in an order that fits; references are found in the places where stages have them. */
export function planOf(stages: Record<string, Stage>, name = 'churn'): Plan {
  const planned = Object.entries(stages).map(([stageName, stage], index): PlannedStage => {
    const found: [string | undefined, (string | number)[]][] = [
      ['data' in stage ? stage.data : undefined, ['data']],
      [
        'model' in stage && typeof stage.model === 'string' && stage.kind !== 'train' ? stage.model : undefined,
        ['model'],
      ],
      ['package' in stage ? stage.package : undefined, ['package']],
      ['deployment' in stage ? stage.deployment : undefined, ['deployment']],
      ['reference' in stage ? stage.reference : undefined, ['reference']],
      ...('candidates' in stage ? stage.candidates : []).map((text, i): [string, (string | number)[]] => [
        text,
        ['candidates', i],
      ]),
    ];
    const references = found.flatMap(([text, path]) => {
      if (text === undefined) return [];
      const [target = '', output] = text.split('.');
      return [{ from: 0, to: 0, text, stage: target, path, ...(output === undefined ? {} : { output }) }];
    });
    return {
      name: stageName,
      stage,
      after: [...new Set(references.map((reference) => reference.stage))],
      references,
      line: index + 1,
      effect: stage.kind === 'deploy' || stage.kind === 'monitor',
    };
  });
  return { pipeline: { lifecycle: 1, pipeline: name }, parameters: {}, stages: planned };
}

export const data = (source = 'data.txt'): Stage => ({ kind: 'data', source, target: 'y' });
export const model = (command: string[], from = 'customers'): Stage => ({ kind: 'train', data: from, command });
export const exam = (...candidates: string[]): Stage => ({ kind: 'evaluate', candidates });
