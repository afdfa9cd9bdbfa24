import type { Command, Given, Option } from './arguments';
import type { Context } from './context';
import type { ExitCode } from './exit';

/** What carries out a command; loaded when the command is used. */
export interface Action {
  run(given: Given, context: Context): Promise<ExitCode>;
}

export interface Entry extends Command {
  readonly load: () => Promise<Action>;
}

const ENVIRONMENT: Readonly<Record<string, Option>> = {
  set: { value: 'NAME=VALUE', many: true, help: 'Set a parameter of the pipeline.' },
  env: { value: 'NAME', help: 'Use an environment of the pipeline.' },
};

const SELECTION: Readonly<Record<string, Option>> = {
  from: { value: 'STAGE', help: 'Only this stage and what follows from it.' },
  to: { value: 'STAGE', many: true, help: 'Only this stage and what it needs. May be repeated.' },
  only: { value: 'STAGE', many: true, help: 'Only this stage, on kept results of the others. May be repeated.' },
  force: { help: 'Reuse nothing: execute the chosen stages even if nothing changed.' },
  ...ENVIRONMENT,
};

const RUNNING: Readonly<Record<string, Option>> = {
  cores: { value: 'N', help: 'Most cores to use. Results are the same bytes for the same number.' },
  wait: { help: 'Wait while another run of this pipeline is going, instead of refusing.' },
  detach: { short: 'd', help: 'Run in the background, also after the terminal is closed; prints the id of the run.' },
  follow: { help: 'With --detach: show the run as it goes. Ctrl+C cancels it; closing the terminal does not.' },
  'secrets-stdin': { help: 'Read secrets from standard input, as one JSON object of name and value.' },
  id: { value: 'ID', help: 'Id of the run.', hidden: true },
};

const FILE_NOTE = 'FILE is a *.pipeline.yaml or *.lifecycle.md; without it the only one in this folder.';

/** Every command, in the order of the help. The argument parser, `--help` and docs/cli.md are all made from this table. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'check',
    help: 'Tell what is wrong in pipelines, with place and way out. Executes nothing.',
    more: ['FILE is a pipeline or a folder; without it this folder, with all that is below it.'],
    usage: '[FILE…]',
    count: [0, Infinity],
    options: { ...ENVIRONMENT },
    examples: [
      ['lifecycle check', 'everything below this folder'],
      ['lifecycle check churn.pipeline.yaml --json', 'one diagnostic a line, for programs'],
    ],
    load: () => import('./commands/check'),
  },
  {
    name: 'plan',
    help: 'Show what a run would do, stage by stage, and why. Executes nothing.',
    more: [FILE_NOTE],
    usage: '[FILE]',
    count: [0, 1],
    options: { ...SELECTION, deploy: { help: 'With the stages that deploy and monitor.' } },
    examples: [
      ['lifecycle plan', 'what would run, and because of which change'],
      ['lifecycle plan --set rate=0.01', 'what a parameter would change'],
    ],
    load: () => import('./commands/plan'),
  },
  {
    name: 'run',
    help: 'Run a pipeline. Stages whose inputs did not change are reused.',
    more: [FILE_NOTE, 'Stages that deploy or monitor run with --deploy, or when asked for by --only.'],
    usage: '[FILE]',
    count: [0, 1],
    options: {
      ...SELECTION,
      ...RUNNING,
      deploy: { help: 'Deploy and monitor too.' },
      yes: { short: 'y', help: 'Do not ask before deploying to a target that is not on this machine.' },
      verify: { help: 'Compare every byte of reused results with its checksum.' },
    },
    examples: [
      ['lifecycle run', 'from the data to a bundle'],
      ['lifecycle run --deploy', 'and serve it on this machine'],
      ['lifecycle run --from trees --set rate=0.01', 'one stage and what follows, with another parameter'],
      ['lifecycle run --detach && lifecycle show latest --follow', 'in the background, and watch it'],
    ],
    load: () => import('./commands/run'),
  },
  {
    name: 'cancel',
    help: 'End a run: its stages are asked to stop, and after 5 s made to.',
    usage: '[RUN]',
    count: [0, 1],
    options: {},
    examples: [['lifecycle cancel', 'the only run that is going']],
    load: () => import('./commands/cancel'),
  },
  {
    name: 'runs',
    help: 'List runs, newest first.',
    usage: '',
    count: [0, 0],
    options: {
      limit: { value: 'N', help: 'Most runs to list (20).' },
      pipeline: { value: 'NAME', help: 'Only runs of this pipeline.' },
      where: { value: 'FILTER', help: 'Only runs that fit, by facts, labels, parameters, settings and metrics.' },
      sort: {
        value: 'COLUMN',
        many: true,
        help: 'Sort by this column; -COLUMN for the largest first. May be repeated.',
      },
      column: { value: 'COLUMN', many: true, help: 'Show this column. May be repeated; `all` shows every one.' },
      format: { value: 'csv|json', help: 'Print every column of every run that fits as CSV, or as one JSON array.' },
      hidden: { help: 'Also runs that were hidden.' },
    },
    examples: [
      ['lifecycle runs --limit 5', 'the last five'],
      [
        "lifecycle runs --where 'f1 > 0.6 and status = succeeded' --sort -f1 --column f1",
        'the best of those that ended well',
      ],
      ['lifecycle runs --format csv > runs.csv', 'a table for a spreadsheet'],
    ],
    load: () => import('./commands/runs'),
  },
  {
    name: 'show',
    help: 'Show a run: stages, metrics, warnings, errors.',
    more: ['RUN is an id, its beginning or end, or `latest` (which it is without).'],
    usage: '[RUN]',
    count: [0, 1],
    options: {
      follow: { short: 'f', help: 'Watch it until it ends.' },
      log: { help: 'Print everything that its stages said.' },
      stage: { value: 'NAME', help: 'Only this stage, with its series and the files of its result.' },
    },
    examples: [
      ['lifecycle show', 'the newest run'],
      ['lifecycle show latest --follow', 'watch it'],
      ['lifecycle show --stage trees', 'one stage in detail'],
    ],
    load: () => import('./commands/show'),
  },
  {
    name: 'compare',
    help: 'Put parameters and metrics of runs side by side.',
    more: ['Without RUN the two newest runs of the newest pipeline that ended.'],
    usage: '[RUN…]',
    count: [0, 20],
    options: { all: { help: 'Also what is the same in all of them.' } },
    examples: [['lifecycle compare latest 20261103-101530-482k3f', 'two runs']],
    load: () => import('./commands/compare'),
  },
  {
    name: 'report',
    help: 'Write a pipeline with the results of its stages as one HTML page to send.',
    more: [
      FILE_NOTE,
      'The page needs nothing else, and fetches nothing. It shows the newest result of each stage, and says which would run again.',
    ],
    usage: '[FILE]',
    count: [0, 1],
    options: {
      output: { short: 'o', value: 'PATH', help: 'Where to; NAME.report.html beside the pipeline without it.' },
    },
    examples: [['lifecycle report --output churn.html', 'text, tables and figures in one file']],
    load: () => import('./commands/report'),
  },
  {
    name: 'convert',
    help: 'Write a pipeline file as a lifecycle document, or the other way round.',
    more: [FILE_NOTE, 'Comments above stages become prose, and prose becomes comments.'],
    usage: '[FILE]',
    count: [0, 1],
    options: {
      output: { short: 'o', value: 'PATH', help: 'Where to; the same name with the other ending without it.' },
      stdout: { help: 'Print it instead.' },
      force: { help: 'Write over a file that is there.' },
    },
    examples: [['lifecycle convert churn.pipeline.yaml', 'churn.lifecycle.md']],
    load: () => import('./commands/convert'),
  },
  {
    name: 'label',
    help: 'Name, star, tag or hide runs. Their own files stay as they are.',
    more: ['RUN is an id, its beginning or end, or `latest`.'],
    usage: 'RUN…',
    count: [1, Infinity],
    options: {
      name: { value: 'TEXT', help: 'A name for people; empty takes it away.' },
      tag: { value: 'TAG', many: true, help: 'Add a tag. May be repeated.' },
      untag: { value: 'TAG', many: true, help: 'Take a tag away. May be repeated.' },
      note: { value: 'TEXT', help: 'A note; empty takes it away.' },
      star: { help: 'Star it.' },
      unstar: { help: 'Take the star away.' },
      hide: { help: 'Leave it out of lists.' },
      unhide: { help: 'Put it back into lists.' },
    },
    examples: [['lifecycle label latest --name "deeper trees" --tag candidate --star', 'so that it is found again']],
    load: () => import('./commands/label'),
  },
  {
    name: 'delete',
    help: 'Show what would go with runs, and with --yes delete them.',
    more: ['With a run go the results that nothing else needs; what is registered or deployed stays.'],
    usage: 'RUN…',
    count: [1, Infinity],
    options: { yes: { short: 'y', help: 'Delete them.' } },
    examples: [
      ['lifecycle delete latest', 'what would go'],
      ['lifecycle delete latest --yes', 'delete it'],
    ],
    load: () => import('./commands/delete'),
  },
  {
    name: 'models',
    help: 'Look after registered models: list, show, promote, compare, note, tag, import, export, delete.',
    more: [
      'ACTION is one of:',
      '  list                          what is registered (which it is without ACTION)',
      '  show NAME[@VERSION]           one version with its model card',
      '  promote NAME@VERSION [ALIAS]  point an alias (champion) at it',
      '  demote NAME ALIAS             take an alias away',
      '  compare [A@1] B@2             signature, metrics, size and latency side by side',
      '  note NAME@VERSION TEXT        write a note to it',
      '  tag NAME@VERSION KEY=VALUE…   tag it; KEY= takes a tag away',
      '  import FILE                   register a model made elsewhere (.onnx), or one that was exported (.bundle)',
      '  export NAME@VERSION [FILE]    put one into a file, to carry it elsewhere',
      '  delete NAME@VERSION           delete it, after showing what that means',
      'VERSION may be an alias; without it the newest is meant.',
    ],
    usage: '[ACTION] [ARGUMENT…]',
    count: [0, 50],
    options: {
      promote: { value: 'NAME[@VERSION]', help: 'Point an alias at this version.', hidden: true },
      alias: { value: 'ALIAS', help: 'The alias to point (champion).', hidden: true },
      name: { value: 'NAME', help: 'With import: name in the registry (that of the file).' },
      task: { value: 'TASK', help: 'With import: binary, multiclass or regression.' },
      target: { value: 'NAME', help: 'With import: what the model predicts.' },
      classes: { value: 'A,B,…', help: 'With import: the classes in the order of its probabilities.' },
      columns: { value: 'A,B,…', help: 'With import: names of the columns of its one matrix, in order.' },
      password: {
        value: 'VARIABLE',
        help: 'With export and import: environment variable whose value encrypts the file.',
      },
      yes: { short: 'y', help: 'With delete: do not ask.' },
    },
    examples: [
      ['lifecycle models', 'what is registered'],
      ['lifecycle models promote churn-classifier@3', 'make version 3 the champion'],
      ['lifecycle models compare churn-classifier@champion churn-classifier', 'the newest beside the champion'],
      [
        'lifecycle models import iris.onnx --classes setosa,versicolor,virginica --columns a,b,c,d',
        'a model made elsewhere',
      ],
    ],
    load: () => import('./commands/models'),
  },
  {
    name: 'predict',
    help: 'Predict for rows, with a bundle or a model that is served.',
    more: [
      'MODEL is an address, a target, a bundle folder, or NAME[@VERSION] of the registry;',
      'without it what is served, else the only registered model. Rows are JSON.',
    ],
    usage: '[MODEL]',
    count: [0, 1],
    options: {
      row: { value: 'JSON', many: true, help: 'One row.' },
      input: {
        value: 'FILE',
        short: 'i',
        help: 'Rows as a JSON array, or one JSON object a line; - for standard input.',
      },
      'ignore-unknown': { help: 'Pass over columns that the model does not take.' },
      'api-key': { value: 'VARIABLE', help: 'Environment variable that holds the key of the server.' },
    },
    examples: [
      [`lifecycle predict --row '{"tenure": 3, "contract": "monthly"}'`, 'one row'],
      ['lifecycle predict churn-classifier@champion --input rows.json --json', 'a file, one prediction a line'],
    ],
    load: () => import('./commands/predict'),
  },
  {
    name: 'deploy',
    help: 'Bring a pipeline up to date and deploy it, or deploy a registered model.',
    more: [FILE_NOTE],
    usage: '[FILE]',
    count: [0, 1],
    options: {
      stage: { value: 'STAGE', many: true, help: 'Only this deploy stage.' },
      model: { value: 'NAME[@VERSION]', help: 'Deploy this registered model instead; VERSION may be an alias.' },
      target: { value: 'NAME', help: 'Target for --model (local).' },
      'dry-run': { help: 'With --model: show what would be done, and do nothing.' },
      yes: { short: 'y', help: 'Do not ask before deploying to a target that is not on this machine.' },
      ...ENVIRONMENT,
      ...RUNNING,
    },
    examples: [
      ['lifecycle deploy', 'the deploy stages of the pipeline here'],
      ['lifecycle deploy --model churn-classifier@champion', 'a registered version, on this machine'],
    ],
    load: () => import('./commands/deploy'),
  },
  {
    name: 'deployments',
    help: 'List what is deployed, with its health.',
    usage: '',
    count: [0, 0],
    options: {
      at: { value: 'TIME', help: 'What was deployed at that moment.' },
      history: { help: 'Everything that was ever deployed, rolled back and stopped: when, by whom, from which run.' },
    },
    examples: [
      ['lifecycle deployments', 'what is live, and where'],
      ['lifecycle deployments --at 2026-11-03', 'what was live that day'],
    ],
    load: () => import('./commands/deployments'),
  },
  {
    name: 'rollback',
    help: 'Put the version back that was deployed before.',
    usage: '[TARGET]',
    count: [0, 1],
    options: {
      to: { value: 'VERSION', help: 'This version instead.' },
      reason: { value: 'TEXT', help: 'Why; kept in the ledger.' },
      'secrets-stdin': { help: 'Read secrets from standard input, as one JSON object of name and value.' },
    },
    examples: [['lifecycle rollback local --reason "too many false alarms"', 'the version before']],
    load: () => import('./commands/rollback'),
  },
  {
    name: 'stop',
    help: 'Stop what is served on a target, or take it away from there.',
    usage: '[TARGET]',
    count: [0, 1],
    options: { yes: { short: 'y', help: 'Do not ask before taking something away beyond this machine.' } },
    examples: [['lifecycle stop local', 'the server on this machine']],
    load: () => import('./commands/stop'),
  },
  {
    name: 'monitor',
    help: 'Compare what a deployed model is asked with what it was trained on.',
    more: [
      FILE_NOTE,
      'Exits with 3 when a requirement of the stage is not met or retraining is due.',
      'Decisions need a --reason and are kept in a chained list; --lift takes one back.',
    ],
    usage: '[FILE]',
    count: [0, 1],
    options: {
      stage: { value: 'STAGE', many: true, help: 'Only this monitor stage.' },
      acknowledge: {
        value: 'COLUMN',
        many: true,
        help: 'The drift of this column is known; it counts again when it grows by half.',
      },
      suppress: { value: 'COLUMN', many: true, help: 'The drift of this column does not count.' },
      silence: { value: 'RULE', many: true, help: 'Do not send the alerts of this rule.' },
      'accept-reference': { help: 'The requests of the last report are normal from now on: compare with them.' },
      lift: { value: 'NUMBER', many: true, help: 'Take back a decision.' },
      reason: { value: 'TEXT', help: 'Why, for a decision.' },
      until: { value: 'TIME', help: 'A decision holds until then: 2026-12-24, or 12h, 7d, 2w from now.' },
      decisions: { help: 'List the decisions that hold.' },
      export: { value: 'FOLDER', help: 'Write Prometheus rules, Alertmanager configuration and a Grafana dashboard.' },
      every: { value: 'TIME', help: 'With --export: time between two reports of the watch daemon (15m).' },
      'monitor-address': {
        value: 'HOST:PORT',
        help: 'With --export: where `lifecycle watch --port` is (127.0.0.1:9464).',
      },
      alertmanager: { value: 'HOST:PORT', help: 'With --export: where Alertmanager is (127.0.0.1:9093).' },
      ...ENVIRONMENT,
      ...RUNNING,
    },
    examples: [
      ['lifecycle monitor || echo "time to retrain"', 'in a schedule'],
      ['lifecycle monitor --acknowledge tenure --reason "new tariff since May"', 'known, and no alarm'],
      ['lifecycle monitor --export monitoring', 'for Prometheus, Alertmanager and Grafana'],
    ],
    load: () => import('./commands/monitor'),
  },
  {
    name: 'watch',
    help: 'Look at monitor stages at regular times, send alerts, carry retraining on.',
    more: [
      'FILE is a pipeline; without it those of this folder that have a monitor stage. One watch for each project.',
    ],
    usage: '[FILE…]',
    count: [0, Infinity],
    options: {
      every: { value: 'TIME', help: 'Time between two looks: 90s, 15m (which it is without), 2h, 1d.' },
      once: { help: 'One look, for cron, systemd and CI.' },
      detach: { short: 'd', help: 'In the background, also after the terminal is closed.' },
      status: { help: 'Tell what the watch of this project does.' },
      stop: { help: 'Stop it.' },
      port: { value: 'N', help: 'Give figures to Prometheus at http://127.0.0.1:N/metrics; 0 takes a free port.' },
      cores: { value: 'N', help: 'Most cores to use.' },
      'secrets-stdin': { help: 'Read secrets from standard input, as one JSON object of name and value.' },
    },
    examples: [
      ['lifecycle watch --detach --every 15m', 'from now on'],
      ['lifecycle watch --once', 'one look'],
    ],
    load: () => import('./commands/watch'),
  },
  {
    name: 'feedback',
    help: 'Tell what came true of requests that were answered.',
    more: [
      'Without --id and --input it says how much is known. The id of a request is the header x-request-id of its answer.',
    ],
    usage: '[TARGET]',
    count: [0, 1],
    options: {
      id: { value: 'ID', help: 'Id of one request.' },
      label: { value: 'VALUE', help: 'What came true: the class, or the number.' },
      row: { value: 'N', help: 'Row of the request, from 0 (0).' },
      input: {
        value: 'FILE',
        short: 'i',
        help: 'CSV, JSON lines or Parquet with the columns id, label and optionally row.',
      },
      all: { help: 'Also ids that the log does not hold (yet).' },
    },
    examples: [['lifecycle feedback --input churned.csv', 'outcomes of many requests']],
    load: () => import('./commands/feedback'),
  },
  {
    name: 'retrain',
    help: 'Retrain on fresh data, compare with what is live, and deploy what is better.',
    more: [FILE_NOTE, 'Exits with 3 when the challenger is kept out or rolled back.'],
    usage: '[FILE]',
    count: [0, 1],
    options: {
      stage: { value: 'STAGE', help: 'The monitor stage whose `retrain` it is.' },
      'dry-run': { help: 'Show what would be done, and do nothing.' },
      approve: { value: 'ID', help: 'Let the retraining that waits go live; ID may be `latest`.' },
      reject: { value: 'ID', help: 'Keep it out; needs --reason.' },
      reason: { value: 'TEXT', help: 'Why; kept.' },
      list: { help: 'List retrainings with every step.' },
      'secrets-stdin': { help: 'Read secrets from standard input, as one JSON object of name and value.' },
    },
    examples: [
      ['lifecycle retrain --dry-run', 'what would happen'],
      ['lifecycle retrain --approve latest', 'let the challenger go live'],
    ],
    load: () => import('./commands/retrain'),
  },
  {
    name: 'serve',
    help: 'Serve a bundle in this process until Ctrl+C.',
    more: ['MODEL is a bundle folder or NAME[@VERSION] of the registry.'],
    usage: 'MODEL',
    count: [1, 1],
    options: {
      port: { value: 'N', help: 'Port; 0 (which it is without) takes a free one.' },
      host: { value: 'ADDRESS', help: 'Address to listen on (127.0.0.1).' },
      threads: { value: 'N', help: 'Threads of the runtime.' },
      'api-key': { value: 'VARIABLE', help: 'Environment variable that holds the key that clients must send.' },
      as: { value: 'N', help: 'Version that a bundle folder is.', hidden: true },
    },
    examples: [['lifecycle serve churn-classifier@latest --port 8080', 'try the newest version']],
    load: () => import('./commands/serve'),
  },
  {
    name: 'gc',
    help: 'Show what could be removed from the store, and with --yes remove it.',
    more: [
      'Kept are the newest runs and their results, the latest result of each stage, and all that is registered or deployed.',
    ],
    usage: '',
    count: [0, 0],
    options: {
      'keep-runs': { value: 'N', help: 'Runs to keep (100, or keep-runs of lifecycle.yaml).' },
      yes: { short: 'y', help: 'Remove it.' },
    },
    examples: [
      ['lifecycle gc --keep-runs 10', 'what would go'],
      ['lifecycle gc --keep-runs 10 --yes', 'remove it'],
    ],
    load: () => import('./commands/gc'),
  },
  {
    name: 'doctor',
    help: 'Tell what is found on this machine, and how to get what is missing.',
    usage: '',
    count: [0, 0],
    options: {},
    examples: [['lifecycle doctor', 'Node, engine, GPU, Python, containers, clusters']],
    load: () => import('./commands/doctor'),
  },
  {
    name: 'language-server',
    help: 'Speak the Language Server Protocol, for editors.',
    usage: '',
    count: [0, 0],
    options: {
      stdio: { help: 'Over standard input and output.' },
      clientProcessId: { value: 'PID', help: 'Process of the editor.', hidden: true },
    },
    examples: [['lifecycle language-server --stdio', 'what an editor starts']],
    load: () => import('./commands/language-server'),
  },
];

/** The command of a name. */
export function commandOf(name: string): Entry | undefined {
  return COMMANDS.find((command) => command.name === name);
}
