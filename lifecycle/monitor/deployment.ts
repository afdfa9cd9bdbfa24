import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset, DeploymentEntry, ModelInfo, MonitorStage } from '../../schemas/generated/types';
import { UserError } from '../problem';
import { readJson } from '../process/files';
import { verifyBundle } from '../store/bundle';
import { sayElsewhere } from '../store/elsewhere';
import { liveHistory, ownEntry, readLedger, targetFolder } from '../store/ledger';
import { LIVE_FILES, liveFigures } from '../store/live';
import { findByDigest } from '../store/registry';
import type { StageContext } from '../store/room';

/** What is watched: the version that is live now on the target of the deploy stage. */
export interface Watched {
  /** The entry of the ledger that put it there. */
  readonly entry: DeploymentEntry;
  /** The model itself; undefined when its bundle is no longer in the registry. */
  readonly model:
    | {
        readonly info: ModelInfo;
        readonly onnx: Uint8Array;
        /** On its test split, when it was chosen. */
        readonly metrics: Readonly<Record<string, number>>;
      }
    | undefined;
  /** What its answers are: of the model, else of the reference's target; undefined when neither tells. */
  readonly info?: Pick<ModelInfo, 'task' | 'classes' | 'threshold'> | undefined;
}

/**
 * Finds the live version of a deployment. A rollback or another deployment since the stage ran is seen: the ledger knows.
 *
 * @throws UserError `not-deployed`, `deployment-replaced`
 */
export async function findWatched(context: StageContext<MonitorStage>): Promise<Watched> {
  const { store, stage } = context;
  if (stage.deployment === undefined) return elsewhere(context);
  const input = context.input(stage.deployment);
  const deployed = await readJson<DeploymentEntry>(join(input.path, 'deployment.json'));
  const { entries, problem } = await readLedger(store);
  if (problem !== undefined)
    context.log('warning', `${problem.message} What came after is not seen.`, {
      code: problem.problem.code,
      ...(problem.problem.hint !== undefined && { hint: problem.problem.hint }),
    });
  const own = ownEntry(entries, {
    pipeline: context.pipeline.name,
    stage: input.stage,
    ...(input.target !== undefined && { target: input.target }),
  });
  const latest = input.target === undefined || input.target === deployed?.target ? deployed : undefined;
  const target = latest?.target ?? own?.target;
  const entry = target === undefined ? undefined : (liveHistory(entries, target).at(-1) ?? latest);
  if (entry === undefined) {
    throw new UserError({
      code: 'not-deployed',
      message: `'${input.stage}' has not been deployed${input.target === undefined ? '' : ` to '${input.target}'`}, so there is nothing to watch.`,
      hint: `Deploy it first: \`lifecycle deploy${input.target === undefined ? '' : ' --env NAME'}\`.`,
      path: ['deployment'],
    });
  }
  const mine = latest?.model ?? own?.model;
  if (
    entry.pipeline !== undefined &&
    entry.pipeline !== context.pipeline.name &&
    mine !== undefined &&
    entry.model !== mine
  )
    throw new UserError({
      code: 'deployment-replaced',
      message: `On '${entry.target}' is ${entry.model} ${entry.version} of the pipeline ${entry.pipeline} now, no longer ${mine}.`,
      hint: `To serve both, give each a target of its own: in targets.yaml 'targets: {${mine}: {kind: local}}', in the deploy stage 'target: ${mine}'. Then deploy again.`,
      path: ['deployment'],
    });
  if (entry.kind === 'local' && entries.findLast((one) => one.target === entry.target)?.action !== 'stop') {
    const { alive, elsewhere } = await liveFigures(store, entry.target);
    const what = `Nothing serves ${entry.model} ${entry.version} on '${entry.target}'`;
    const deploy = `\`lifecycle deploy --model ${entry.model}@${entry.version} --target ${entry.target}\``;
    if (elsewhere !== undefined)
      context.log('warning', `${what} from this folder: ${sayElsewhere(elsewhere)}.`, {
        code: 'server-elsewhere',
        hint: `${elsewhere.state === 'serves' ? 'What it is asked is logged there, so look there; or serve' : 'Serve'} it here, too: ${deploy}.`,
        path: ['deployment'],
      });
    else if (alive === false && existsSync(join(targetFolder(store, entry.target), LIVE_FILES.state)))
      context.log('warning', `${what}: its process is gone, though nobody stopped it.`, {
        code: 'server-dead',
        hint: `\`lifecycle watch\` starts it again, and so does ${deploy}.`,
        path: ['deployment'],
      });
  }
  const model = await modelOf(context, entry);
  return { entry, model, info: model?.info };
}

/** A model that is served elsewhere: known by its log and by what the reference says of its target. */
async function elsewhere(context: StageContext<MonitorStage>): Promise<Watched> {
  const { name, stage, pipeline } = context;
  const dataset = await readJson<Dataset>(join(context.input(stage.reference).path, 'dataset.json'));
  const { task, classes } = dataset?.target ?? {};
  const entry: DeploymentEntry = {
    format: 1,
    sequence: 0,
    time: new Date(0).toISOString(),
    action: 'deploy',
    target: name,
    kind: 'elsewhere',
    model: pipeline.name,
    version: 0,
    digest: '',
    by: '',
    previous: '',
    hash: '',
  };
  return { entry, model: undefined, ...(task && { info: { task, ...(classes && { classes }) } }) };
}

/** What is known of the model that is live on a target; undefined when nothing is live there, or its bundle is gone. */
export async function liveModel(store: string, target: string): Promise<ModelInfo | undefined> {
  const { entries } = await readLedger(store);
  const entry = liveHistory(entries, target).at(-1);
  const bundle = entry && (await findByDigest(store, entry.model, entry.digest));
  return bundle && (await readJson<ModelInfo>(join(bundle.folder, 'model.json')).catch(() => undefined));
}

async function modelOf(context: StageContext<MonitorStage>, entry: DeploymentEntry): Promise<Watched['model']> {
  const bundle = await findByDigest(context.store, entry.model, entry.digest);
  if (bundle !== undefined) {
    try {
      const { model: info, onnx } = await verifyBundle(bundle.folder, { digest: entry.digest });
      const kept = await readJson<{ metrics?: Record<string, number> }>(join(bundle.folder, 'metrics.json'));
      return { info, onnx, metrics: kept?.metrics ?? {} };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  context.log(
    'warning',
    `The bundle of ${entry.model} ${entry.version} can't be used, so drift of the predictions is not measured.`,
    {
      code: 'monitor-model-missing',
    },
  );
  return undefined;
}
