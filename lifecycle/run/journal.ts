import { isAbsolute, join, relative, sep } from 'node:path';
import type { Problem, RunInfo, RunRecord, StageManifest } from '../../schemas/generated/types';
import type { PlannedStage } from '../pipeline/types';
import { problemOf } from '../problem';
import { writeAtomic } from '../process/files';
import { explainTrouble } from '../process/trouble';
import { EventWriter, type NewEvent } from '../store/events';
import { Extremes } from '../store/extremes';
import { RUN_FILES } from '../store/runs';
import { CANCELLED } from '../store/summary';
import type { AssignedDevice } from '../train/devices/choose';
import type { StageListener } from './compute';
import { redactor } from './execute';
import { LogFile } from './log-file';
import type { RunOptions } from './options';

type StageRecord = RunRecord['stages'][string];

/** What is told of one run, to whoever follows it (events), reads it (log) and looks it up later (record). What would give a secret away is left out. */
export class Journal {
  private readonly events: EventWriter;
  private readonly log: LogFile;
  private readonly records: Record<string, StageRecord> = {};
  private readonly extremes = new Extremes();
  private readonly hide: (text: string) => string;

  /** @param folder the run's */
  constructor(
    private readonly folder: string,
    private readonly info: RunInfo,
    private readonly stages: readonly PlannedStage[],
    private readonly options: Pick<RunOptions, 'file' | 'root' | 'secrets' | 'placeOf' | 'onEvent'>,
  ) {
    this.events = new EventWriter(join(folder, RUN_FILES.events), (event) => {
      this.extremes.take(event);
      options.onEvent?.(event);
    });
    this.log = new LogFile(join(folder, RUN_FILES.log));
    this.hide = redactor(Object.values(options.secrets ?? {}));
  }

  /** What kept an event from being written, once something did. */
  get trouble(): Problem | undefined {
    return this.events.failed === undefined ? undefined : problemOf(explainTrouble(this.events.failed));
  }

  write(event: NewEvent): void {
    this.events.write(event);
  }

  begun(): void {
    const { id, pipeline } = this.info;
    this.events.write({
      format: 1,
      type: 'run-started',
      run: id,
      pipeline,
      stages: this.stages.map(({ name, stage, after }) => ({ name, kind: stage.kind, after: [...after] })),
    });
  }

  skipped({ name, stage }: PlannedStage, status: 'cancelled' | 'skipped', reason: string): void {
    this.records[name] = { kind: stage.kind, status, reason };
    this.events.write({ type: 'stage-skipped', stage: name, reason });
  }

  reused(planned: PlannedStage, manifest: StageManifest, fingerprint: string, reason: string): void {
    const { name, stage } = planned;
    const { metrics, summary, warnings, run, artifact } = manifest;
    const shown = { metrics, ...(summary === undefined ? {} : { summary }) };
    this.records[name] = { kind: stage.kind, status: 'reused', fingerprint, artifact, from: run, reason, ...shown };
    this.events.write({ type: 'stage-reused', stage: name, fingerprint, from: run, ...shown });
    for (const warning of warnings ?? []) {
      const { code, message, hint, path } = warning;
      this.events.write({
        type: 'log',
        stage: name,
        level: 'warning',
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(path === undefined ? {} : { path }),
        ...this.place(planned, warning),
      });
    }
  }

  started(
    { name, stage }: PlannedStage,
    fingerprint: string,
    reason: string,
    device: AssignedDevice | undefined,
  ): void {
    this.records[name] = { kind: stage.kind, status: 'cancelled', fingerprint, reason };
    const given = device && {
      kind: device.kind,
      name: device.name,
      ...(device.index === undefined ? {} : { index: device.index }),
    };
    this.events.write({
      type: 'stage-started',
      stage: name,
      fingerprint,
      reason,
      ...(given === undefined ? {} : { device: given }),
    });
  }

  /** What a stage that has not begun waits for. */
  waits({ name }: PlannedStage, message: string): void {
    this.events.write({ type: 'log', stage: name, level: 'info', message });
    this.events.write({ type: 'stage-progress', stage: name, message });
    this.log.line(name, message);
  }

  /**
   * What a stage says while it works.
   *
   * @param warned is given its warnings
   */
  listener(planned: PlannedStage, warned: (problem: Problem) => void): StageListener {
    const { name: stage } = planned;
    return {
      event: (event) => {
        const warns = event.type === 'log' && event.level === 'warning';
        if (warns) {
          const { code = 'warning', message, hint, path, file, line, column } = event;
          warned({
            code,
            message,
            ...(hint === undefined ? {} : { hint }),
            ...(path === undefined ? {} : { path }),
            ...(file === undefined ? {} : { file }),
            ...(line === undefined ? {} : { line }),
            ...(column === undefined ? {} : { column }),
          });
        }
        if (event.type === 'log') this.log.line(stage, `${event.level}: ${event.message}`);
        // What a program of the user's prints has no code, and is about nothing in the pipeline.
        this.events.writeStamped(
          warns && event.code !== undefined ? { ...event, ...this.place(planned, event) } : event,
        );
      },
      output: (line) => {
        const message = this.log.line(stage, this.hide(line));
        if (message !== undefined) this.events.write({ type: 'log', stage, level: 'output', message });
      },
    };
  }

  finished({ name, stage }: PlannedStage, manifest: StageManifest): void {
    const { fingerprint, artifact, seconds, metrics, summary } = manifest;
    const shown = { metrics, ...(summary === undefined ? {} : { summary }) };
    const { reason } = this.records[name] ?? {};
    this.records[name] = {
      kind: stage.kind,
      status: 'succeeded',
      fingerprint,
      artifact,
      seconds,
      ...shown,
      ...(reason === undefined ? {} : { reason }),
    };
    this.events.write({ type: 'stage-finished', stage: name, seconds, ...shown });
  }

  failed(planned: PlannedStage, problem: Problem, seconds: number, cancelled: boolean): void {
    const { name, stage } = planned;
    const error: Problem = cancelled
      ? { code: CANCELLED, message: 'Cancelled.' }
      : { ...problem, message: this.hide(problem.message), ...this.place(planned, problem) };
    this.records[name] = {
      ...this.records[name],
      kind: stage.kind,
      status: cancelled ? 'cancelled' : 'failed',
      seconds,
      error,
    };
    this.events.write({ type: 'stage-failed', stage: name, seconds, error });
    this.log.line(name, `error: ${error.message}`);
  }

  /** Where a problem is: in the file that it names, else at its place in the pipeline. */
  private place(
    planned: Pick<PlannedStage, 'name' | 'line' | 'column'>,
    problem: Partial<Pick<Problem, 'path' | 'file' | 'line' | 'column'>>,
  ): Pick<Problem, 'file' | 'line' | 'column'> {
    const { root, file, placeOf } = this.options;
    const short = (path: string) => {
      const inside = relative(root, path);
      return (inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside).split(sep).join('/');
    };
    if (problem.file !== undefined) {
      return {
        file: isAbsolute(problem.file) ? short(problem.file) : problem.file,
        ...(problem.line === undefined ? {} : { line: problem.line }),
        ...(problem.column === undefined ? {} : { column: problem.column }),
      };
    }
    if (problem.line !== undefined)
      return {
        file: short(file),
        line: problem.line,
        ...(problem.column !== undefined && { column: problem.column }),
      };
    const { line, column } = placeOf?.(planned.name, problem.path ?? []) ?? planned;
    return { file: short(file), line, ...(column !== undefined && { column }) };
  }

  /** Says that the run is over. Nothing can be told after it. */
  close(status: RunRecord['status'], seconds: number): void {
    this.events.write({ type: 'run-finished', status, seconds });
    this.events.close();
    this.log.close();
  }

  /** Writes the run's record, whole or not at all. */
  async keep(status: RunRecord['status'], seconds: number): Promise<RunRecord> {
    const { id, created } = this.info;
    const record: RunRecord = {
      format: 1,
      id,
      status,
      created,
      finished: new Date().toISOString(),
      seconds,
      stages: Object.fromEntries(
        this.stages.map(({ name, stage }) => {
          const ranges = this.extremes.of(name);
          const known = this.records[name] ?? { kind: stage.kind, status: 'skipped' as const };
          return [name, ranges === undefined ? known : { ...known, ranges }];
        }),
      ),
    };
    await writeAtomic(join(this.folder, RUN_FILES.record), JSON.stringify(record, undefined, 1) + '\n');
    return record;
  }
}
