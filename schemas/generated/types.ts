/* Generated from schemas/ by `npm run generate`. Do not edit. */

/**
 * The name of a stage, or of one output of a stage (`customers.train`, `exam.best`).
 */
export type StageReference = string;
/**
 * Columns by name, or a group of columns: `numeric`, `text`, `boolean` or `all` (target, id and dropped columns are never included).
 */
export type ColumnList = string | string[];
/**
 * SHA-256 of the content as 64 hexadecimal digits.
 */
export type Sha256 = string;
/**
 * Type of a column: number (any numeric type), text, boolean, or time (dates and timestamps).
 */
export type ColumnType = 'number' | 'text' | 'boolean' | 'time';
/**
 * What the model predicts.
 */
export type Task = 'binary' | 'multiclass' | 'regression';
/**
 * A plain value: text, a number, true, false or null.
 */
export type Scalar = string | number | boolean | null;
/**
 * One stage of the pipeline.
 */
export type Stage = DataStage | TrainStage | EvaluateStage | OptimizeStage | PackageStage | DeployStage | MonitorStage;
/**
 * One step on rows: `drop-duplicates`, `drop-missing`, or a map with one entry.
 */
export type RowStep =
  | ('drop-duplicates' | 'drop-missing')
  | {
      /**
       * Keeps the first of rows that agree on the columns.
       */
      'drop-duplicates'?: {
        columns: ColumnList;
      };
      /**
       * Drops rows with a missing value in any of the columns.
       */
      'drop-missing'?: {
        columns: ColumnList;
      };
      /**
       * Keeps the rows for which the expression is true.
       */
      filter?: string;
      /**
       * Keeps a random sample.
       */
      sample?: {
        /**
         * Share of the rows to keep.
         */
        fraction?: number;
        /**
         * Number of rows to keep.
         */
        rows?: number;
      };
    };
/**
 * A model and its settings.
 */
export type Model = LinearModel | DecisionTreeModel | RandomForestModel | BoostedTreesModel | NetworkModel;
/**
 * One layer: a map with one entry, or its name where it needs no settings.
 */
export type Layer =
  | (
      | 'batch-normalization'
      | 'layer-normalization'
      | 'flatten'
      | 'global-max-pool'
      | 'global-average-pool'
      | 'max-pool'
      | 'average-pool'
    )
  | {
      /**
       * Fully connected layer; over [steps, features] at every step.
       */
      dense?: {
        /**
         * Number of outputs.
         */
        units: number;
        activation?: Activation;
        /**
         * Adds a learnt number to each output.
         */
        bias?: boolean;
        /**
         * L2 penalty on the weights.
         */
        l2?: number;
        name?: LayerName;
      };
      /**
       * Convolution over [steps, features].
       */
      conv1d?: {
        /**
         * Number of outputs (channels).
         */
        filters: number;
        /**
         * Size of the window.
         */
        size?: number;
        /**
         * Steps between windows.
         */
        stride?: number;
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        /**
         * Distance between the points of a window.
         */
        dilation?: number;
        /**
         * Groups of channels that are kept apart.
         */
        groups?: number;
        activation?: Activation;
        /**
         * Adds a learnt number to each output.
         */
        bias?: boolean;
        /**
         * L2 penalty on the weights.
         */
        l2?: number;
        name?: LayerName;
      };
      /**
       * Convolution over [channels, height, width].
       */
      conv2d?: {
        /**
         * Number of outputs (channels).
         */
        filters: number;
        /**
         * Size of the window.
         */
        size?: number | [number, number];
        /**
         * Steps between windows.
         */
        stride?: number | [number, number];
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        /**
         * Distance between the points of a window.
         */
        dilation?: number | [number, number];
        /**
         * Groups of channels that are kept apart.
         */
        groups?: number;
        activation?: Activation;
        /**
         * Adds a learnt number to each output.
         */
        bias?: boolean;
        /**
         * L2 penalty on the weights.
         */
        l2?: number;
        name?: LayerName;
      };
      /**
       * Convolution of each channel by itself.
       */
      'depthwise-conv2d'?: {
        /**
         * Filters for each channel.
         */
        multiplier?: number;
        /**
         * Size of the window.
         */
        size?: number | [number, number];
        /**
         * Steps between windows.
         */
        stride?: number | [number, number];
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        /**
         * Distance between the points of a window.
         */
        dilation?: number | [number, number];
        activation?: Activation;
        /**
         * Adds a learnt number to each output.
         */
        bias?: boolean;
        /**
         * L2 penalty on the weights.
         */
        l2?: number;
        name?: LayerName;
      };
      /**
       * Transposed convolution over [steps, features]: makes more steps.
       */
      'transposed-conv1d'?: {
        /**
         * Number of outputs (channels).
         */
        filters: number;
        /**
         * Size of the window.
         */
        size?: number;
        /**
         * By how much it grows.
         */
        stride?: number;
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        /**
         * Distance between the points of a window.
         */
        dilation?: number;
        activation?: Activation;
        /**
         * Adds a learnt number to each output.
         */
        bias?: boolean;
        /**
         * L2 penalty on the weights.
         */
        l2?: number;
        name?: LayerName;
      };
      /**
       * Transposed convolution over [channels, height, width]: makes a larger image.
       */
      'transposed-conv2d'?: {
        /**
         * Number of outputs (channels).
         */
        filters: number;
        /**
         * Size of the window.
         */
        size?: number | [number, number];
        /**
         * By how much it grows.
         */
        stride?: number | [number, number];
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        /**
         * Distance between the points of a window.
         */
        dilation?: number | [number, number];
        activation?: Activation;
        /**
         * Adds a learnt number to each output.
         */
        bias?: boolean;
        /**
         * L2 penalty on the weights.
         */
        l2?: number;
        name?: LayerName;
      };
      /**
       * The largest value of each window.
       */
      'max-pool'?: {
        /**
         * Size of the window.
         */
        size?: number | [] | [number] | [number, number];
        /**
         * Steps between windows; the window's size unless given.
         */
        stride?: number | [] | [number] | [number, number];
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        name?: LayerName;
      };
      /**
       * The mean of each window.
       */
      'average-pool'?: {
        /**
         * Size of the window.
         */
        size?: number | [] | [number] | [number, number];
        /**
         * Steps between windows; the window's size unless given.
         */
        stride?: number | [] | [number] | [number, number];
        /**
         * `same` pads with zeros so that only the stride shrinks; `valid` stays inside.
         */
        padding?: 'same' | 'valid';
        name?: LayerName;
      };
      /**
       * The largest value of each channel or feature over the whole image or sequence.
       */
      'global-max-pool'?: {
        name?: LayerName;
      };
      /**
       * The mean of each channel or feature over the whole image or sequence; padding of texts does not count.
       */
      'global-average-pool'?: {
        name?: LayerName;
      };
      /**
       * Share of the values set to zero while training (0…1).
       */
      dropout?: number;
      activation?: Activation;
      /**
       * Normalises each feature or channel over the batch.
       */
      'batch-normalization'?: {
        /**
         * Share of the running statistics kept at each step.
         */
        momentum?: number;
        /**
         * Added to the variance.
         */
        epsilon?: number;
        name?: LayerName;
      };
      /**
       * Normalises over the features of each row or step, or over a whole image.
       */
      'layer-normalization'?: {
        /**
         * Added to the variance.
         */
        epsilon?: number;
        name?: LayerName;
      };
      /**
       * Makes one row of values of an image or a sequence.
       */
      flatten?: {
        name?: LayerName;
      };
      /**
       * The same values in another shape: [features], [steps, features] or [channels, height, width].
       *
       * @maxItems 3
       */
      reshape?: [] | [number] | [number, number] | [number, number, number];
      /**
       * A learnt vector for each token or category: [steps] whole numbers to [steps, size].
       */
      embedding?: {
        /**
         * Number of different tokens. Without it as many as `tokens` beside `layers` says.
         */
        tokens?: number;
        /**
         * Length of the vectors.
         */
        size: number;
        name?: LayerName;
      };
      /**
       * Adds to every step of a sequence a vector that tells where it stands: learnt, or sine waves.
       */
      positions?: 'learned' | 'sinusoidal';
      /**
       * Long short-term memory over [steps, features].
       */
      lstm?: {
        /**
         * Number of outputs.
         */
        units: number;
        /**
         * Gives the state after every step, [steps, units], rather than the last one.
         */
        sequences?: boolean;
        /**
         * Also reads from the end; gives twice the units.
         */
        bidirectional?: boolean;
        name?: LayerName;
      };
      /**
       * Gated recurrent unit over [steps, features].
       */
      gru?: {
        /**
         * Number of outputs.
         */
        units: number;
        /**
         * Gives the state after every step, [steps, units], rather than the last one.
         */
        sequences?: boolean;
        /**
         * Also reads from the end; gives twice the units.
         */
        bidirectional?: boolean;
        name?: LayerName;
      };
      /**
       * Multi-head self-attention over [steps, features]; padding of texts is not looked at.
       */
      attention?: {
        /**
         * Heads; must divide the number of features.
         */
        heads?: number;
        /**
         * Each step looks only at those before it.
         */
        causal?: boolean;
        name?: LayerName;
      };
      /**
       * A transformer's encoder block over [steps, features]: attention and a two-layer network, each with normalisation and residual.
       */
      transformer?: {
        /**
         * Heads; must divide the number of features.
         */
        heads?: number;
        /**
         * Units of the inner network. Without it four times the features.
         */
        units?: number;
        /**
         * Share of the values set to zero while training.
         */
        dropout?: number;
        activation?: Activation;
        /**
         * Whether to normalise before each part or after it.
         */
        normalize?: 'before' | 'after';
        /**
         * Each step looks only at those before it.
         */
        causal?: boolean;
        name?: LayerName;
      };
      /**
       * Adds its input to what its layers make of it; where the sizes differ, the input is projected by learnt weights.
       */
      residual?: {
        /**
         * The layers inside, in order.
         *
         * @maxItems 1000
         */
        layers: Layer[];
        name?: LayerName;
      };
      /**
       * Several paths from the same input, joined at their end.
       */
      branch?: {
        /**
         * The paths.
         *
         * @maxItems 100
         */
        paths: Layer[][];
        /**
         * How the values become one: side by side, added or multiplied.
         */
        join?: 'concat' | 'add' | 'multiply';
        name?: LayerName;
      };
      /**
       * Joins the value here with those of earlier layers.
       */
      merge?: {
        /**
         * Names of earlier layers; `features` is the input.
         *
         * @maxItems 100
         */
        with: string[];
        /**
         * How the values become one: side by side, added or multiplied.
         */
        join?: 'concat' | 'add' | 'multiply';
        name?: LayerName;
      };
      /**
       * Goes on from an earlier layer's value, or from the input: `features`.
       */
      take?: string;
    };
/**
 * Activation function.
 */
export type Activation =
  | 'none'
  | 'relu'
  | 'relu6'
  | 'leaky-relu'
  | 'elu'
  | 'selu'
  | 'celu'
  | 'gelu'
  | 'gelu-tanh'
  | 'silu'
  | 'mish'
  | 'sigmoid'
  | 'hard-sigmoid'
  | 'hard-swish'
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'softmax'
  | 'exponential';
/**
 * Name of the layer, for `merge`, `take` and `freeze`. Without it its place, counted from 0: `layer2`.
 */
export type LayerName = string;
/**
 * The values of one setting: a list to choose from, or a range.
 */
export type TuneRange = Scalar[] | TuneSpan;
/**
 * How a new version takes over from the live one.
 */
export type Strategy = AllAtOnceStrategy | CanaryStrategy | BlueGreenStrategy | ShadowStrategy | AbStrategy;
/**
 * One target.
 */
export type DeploymentTarget =
  | LocalTarget
  | BatchTarget
  | EdgeTarget
  | ContainerTarget
  | KubernetesTarget
  | SageMakerTarget
  | VertexTarget
  | AzureTarget;
/**
 * Histogram of the latency.
 *
 * Items: One bucket.
 */
export type Latency = {
  /**
   * Upper bound in seconds; null for the last.
   */
  to: number | null;
  /**
   * Answers.
   */
  count: number;
}[];
/**
 * One line of `events.jsonl`. Appended by the run's supervisor only.
 */
export type RunEvent =
  | RunStarted
  | StageStarted
  | StageProgress
  | MetricLogged
  | CheckpointKept
  | TrialTold
  | Log
  | StageReused
  | StageFinished
  | StageFailed
  | StageSkipped
  | ControlChanged
  | RunFinished;

export interface AllTypes {
  StageReference?: StageReference;
  ColumnList?: ColumnList;
  Bound?: Bound;
  Secret?: Secret;
  Sha256?: Sha256;
  ColumnType?: ColumnType;
  Task?: Task;
  Scalar?: Scalar;
  Written?: Written;
  Stage?: Stage;
  Pipeline?: Pipeline;
  ProjectSettings?: ProjectSettings;
  Settings?: Settings;
  DeploymentTarget?: DeploymentTarget;
  LocalTarget?: LocalTarget;
  BatchTarget?: BatchTarget;
  ImageSettings?: ImageSettings;
  Schedule?: Schedule;
  EdgeTarget?: EdgeTarget;
  ContainerTarget?: ContainerTarget;
  KubernetesTarget?: KubernetesTarget;
  SageMakerTarget?: SageMakerTarget;
  VertexTarget?: VertexTarget;
  AzureTarget?: AzureTarget;
  Targets?: Targets;
  FileSource?: FileSource;
  SqlSource?: SqlSource;
  ImageSource?: ImageSource;
  TargetColumn?: TargetColumn;
  ColumnRoles?: ColumnRoles;
  RowStep?: RowStep;
  Split?: Split;
  FeatureStep?: FeatureStep;
  Expectation?: Expectation;
  DataStage?: DataStage;
  Strategy?: Strategy;
  AllAtOnceStrategy?: AllAtOnceStrategy;
  CanaryStrategy?: CanaryStrategy;
  BlueGreenStrategy?: BlueGreenStrategy;
  ShadowStrategy?: ShadowStrategy;
  AbStrategy?: AbStrategy;
  Sticky?: Sticky;
  RolloutWindow?: RolloutWindow;
  RolloutGates?: RolloutGates;
  DeployStage?: DeployStage;
  Explain?: Explain;
  EvaluateStage?: EvaluateStage;
  LogFiles?: LogFiles;
  LogQuery?: LogQuery;
  ServiceQueries?: ServiceQueries;
  MonitorStage?: MonitorStage;
  StaticQuantization?: StaticQuantization;
  WeightPruning?: WeightPruning;
  TensorrtEngine?: TensorrtEngine;
  Distillation?: Distillation;
  OptimizeStage?: OptimizeStage;
  PackageStage?: PackageStage;
  Model?: Model;
  LinearModel?: LinearModel;
  DecisionTreeModel?: DecisionTreeModel;
  RandomForestModel?: RandomForestModel;
  BoostedTreesModel?: BoostedTreesModel;
  NetworkModel?: NetworkModel;
  Layer?: Layer;
  Activation?: Activation;
  Training?: Training;
  Optimizer?: Optimizer;
  EarlyStopping?: EarlyStopping;
  Resources?: Resources;
  LayerName?: LayerName;
  Loss?: Loss;
  LearningRateSchedule?: LearningRateSchedule;
  Reinforcement?: Reinforcement;
  EnvironmentProgram?: EnvironmentProgram;
  Tune?: Tune;
  Pruning?: Pruning;
  TuneRange?: TuneRange;
  TuneSpan?: TuneSpan;
  TrainStage?: TrainStage;
  Bundle?: Bundle;
  DatasetColumn?: DatasetColumn;
  Dataset?: Dataset;
  DeploymentEntry?: DeploymentEntry;
  FeatureDrift?: FeatureDrift;
  DriftWindow?: DriftWindow;
  DriftSlice?: DriftSlice;
  DomainClassifier?: DomainClassifier;
  LivePerformance?: LivePerformance;
  MetricEstimate?: MetricEstimate;
  ServiceFigures?: ServiceFigures;
  Latency?: Latency;
  VersionFigures?: VersionFigures;
  AlertState?: AlertState;
  AppliedDecision?: AppliedDecision;
  DriftReport?: DriftReport;
  Explanation?: Explanation;
  ShapSummary?: ShapSummary;
  SplitEvaluation?: SplitEvaluation;
  Curve?: Curve;
  FairnessReport?: FairnessReport;
  Evaluation?: Evaluation;
  RunStarted?: RunStarted;
  StageStarted?: StageStarted;
  StageProgress?: StageProgress;
  MetricLogged?: MetricLogged;
  CheckpointKept?: CheckpointKept;
  TrialTold?: TrialTold;
  Log?: Log;
  StageReused?: StageReused;
  StageFinished?: StageFinished;
  StageFailed?: StageFailed;
  StageSkipped?: StageSkipped;
  ControlChanged?: ControlChanged;
  RunFinished?: RunFinished;
  HeadlineMetrics?: HeadlineMetrics;
  Problem?: Problem;
  RunEvent?: RunEvent;
  Feedback?: Feedback;
  RunLabel?: RunLabel;
  StageManifest?: StageManifest;
  ModelInfo?: ModelInfo;
  RunRecord?: RunRecord;
  RolloutFinding?: RolloutFinding;
  RolloutState?: RolloutState;
  RunInfo?: RunInfo;
  TuneDimension?: TuneDimension;
  TuneTrial?: TuneTrial;
  TuneRecord?: TuneRecord;
}
/**
 * What a metric must reach.
 */
export interface Bound {
  /**
   * The metric must be at least this.
   */
  min?: number;
  /**
   * The metric must be at most this.
   */
  max?: number;
}
/**
 * A credential, by name only. Its value comes from VS Code's secret storage or the environment variable of that name, never from a file.
 */
export interface Secret {
  /**
   * Name of the secret.
   */
  secret: string;
}
/**
 * How the CSV files of a source were written, where it is not plain: files to score and logs to watch are read alike.
 */
export interface Written {
  /**
   * Column separator that the source states.
   */
  delimiter?: string;
  /**
   * Lines above the header.
   */
  'skip-lines'?: number;
  /**
   * Character encoding.
   */
  encoding?: 'utf-8' | 'windows-1252' | 'latin-1' | 'utf-16';
  /**
   * Decimal sign of numbers that are written as people write them.
   */
  decimal?: '.' | ',';
  /**
   * Texts that mean a missing value.
   */
  missing?: string[];
  /**
   * Formats of columns of dates and times, as strftime spells them.
   */
  dates?: {
    /**
     * Formats, tried in their order.
     */
    [k: string]: string[];
  };
}
/**
 * Reads data, cleans rows, splits, and learns the features that the served model will carry.
 */
export interface DataStage {
  /**
   * Reads and prepares data.
   */
  kind: 'data';
  /**
   * What this stage is for. Changes re-run nothing.
   */
  description?: string;
  /**
   * Where the rows come from: a file, a glob of files, a query, or a folder of images. Paths are relative to the pipeline file.
   */
  source: string | FileSource | SqlSource | ImageSource;
  /**
   * The column to predict. Its values decide the task unless `task` states it.
   */
  target?: string | TargetColumn;
  columns?: ColumnRoles;
  /**
   * Steps on whole rows, before the split; never part of the served model.
   */
  rows?: RowStep[];
  split?: Split;
  /**
   * Steps that make the model's features, in order. Statistics are learnt on the training split only, and the served model carries every step.
   */
  features?: FeatureStep[];
  /**
   * What the data must look like after the row steps. A broken expectation stops the run and shows the offending rows.
   */
  expect?: Expectation[];
}
/**
 * Files with reading options.
 */
export interface FileSource {
  /**
   * A file, a glob, or a list of them.
   */
  file: string | string[];
  /**
   * Format of the files: `jsonl` is JSON, one object a line or one array of objects. Without it the file name's ending decides.
   */
  format?: 'csv' | 'tsv' | 'jsonl' | 'parquet';
  /**
   * Column separator of CSV files. Without it it is found out.
   */
  delimiter?: string;
  /**
   * Whether the first line of a CSV file holds the column names.
   */
  header?: boolean;
  /**
   * Lines above the header of a CSV file that are no part of the table, such as the title that a spreadsheet exports with it; empty lines count.
   */
  'skip-lines'?: number;
  /**
   * Character encoding of CSV files: `windows-1252` is what Excel and most Windows programs in the West write. Without it UTF-8, or UTF-16 when the file begins with its mark.
   */
  encoding?: 'utf-8' | 'windows-1252' | 'latin-1' | 'utf-16';
  /**
   * The decimal sign of the numbers in CSV files. State it to read numbers as people write them: `1.234,56 €` with `,`, `$1,234.56` with `.`; separators of thousands, signs of currency, `%`, a minus behind and brackets around negative numbers are understood. Without it numbers are plain: `1234.56`.
   */
  decimal?: '.' | ',';
  /**
   * How dates and times in CSV files are written, as strftime spells it: `%d.%m.%Y`, `%m/%d/%Y %H:%M`. ISO dates (`2024-12-31`) are always understood. Without it the format is found out where the values leave no doubt.
   */
  'date-format'?: string | string[];
  /**
   * Texts that mean a missing value.
   */
  missing?: string[];
}
/**
 * A DuckDB query over local files. The only place where free SQL stands.
 */
export interface SqlSource {
  /**
   * A single SELECT statement in DuckDB's SQL. Files are named as in `select * from 'data/*.csv'`.
   */
  sql: string;
  /**
   * The files that the query reads; the stage re-runs when their content changes. Without it the files quoted in the query are used.
   */
  files?: string[];
}
/**
 * A folder of images, PNG or JPEG, with one folder for each class in it, or with a `table` that says what each image is. The columns are `image`, `class` (the folder's name) and `file`, or those of the table beside `image`; the features are the pixels, from 0 to 1. For a `network`: the preset `cnn` or `resnet`.
 */
export interface ImageSource {
  /**
   * The folder.
   */
  images: string;
  /**
   * A CSV, TSV, JSON lines or Parquet file with a row for each image, whose columns say what it shows, in place of a folder for each class. Other columns than the target are features too unless they are listed as `id` or `drop`.
   */
  table?: string;
  /**
   * The table's column that names each row's image, by its path from the folder `images` on.
   */
  column?: string;
  /**
   * Rows of pixels that every image is resized to. Without height and width all images must have one size.
   */
  height?: number;
  /**
   * Pixels a row that every image is resized to.
   */
  width?: number;
  /**
   * Whether a pixel is red, green and blue, or one value of grey.
   */
  color?: 'rgb' | 'grey';
}
/**
 * The column to predict and how.
 */
export interface TargetColumn {
  /**
   * The column to predict.
   */
  column: string;
  positive?: Scalar;
  task?: Task;
}
/**
 * Roles and types of columns. Every column without a role is a feature.
 */
export interface ColumnRoles {
  /**
   * Columns that identify a row; kept beside predictions and never a feature.
   */
  id?: string | string[];
  /**
   * Columns that are not read any further.
   */
  drop?: string[];
  /**
   * Protected attributes, used to assess fairness. They remain features unless listed under `exclude`.
   */
  sensitive?: string[];
  /**
   * Columns kept for filters, splits and fairness but never a feature.
   */
  exclude?: string[];
  /**
   * Column that orders the rows in time; never a feature.
   */
  time?: string;
  /**
   * Column whose equal values stay in one split; never a feature.
   */
  group?: string;
  /**
   * Types that override what was found in the file.
   */
  types?: {
    [k: string]: ColumnType;
  };
}
/**
 * How rows are divided. The same seed gives the same split, whatever the order of the file's rows.
 */
export interface Split {
  /**
   * Share of the training split.
   */
  train?: number;
  /**
   * Share of the validation split, on which models are chosen.
   */
  validation?: number;
  /**
   * Share of the test split, used once by the gate.
   */
  test?: number;
  /**
   * Column whose value shares are kept equal in all splits; usually the target of a classification.
   */
  stratify?: string;
  /**
   * Column whose equal values all land in the same split.
   */
  group?: string;
  /**
   * Column that orders rows: the oldest are trained on, the newest tested on.
   */
  time?: string;
  /**
   * Seed of the split. Without it the pipeline's seed.
   */
  seed?: number;
}
/**
 * One step that makes features: a map with one entry.
 */
export interface FeatureStep {
  /**
   * Replaces missing values.
   */
  fill?: {
    columns: ColumnList;
    /**
     * `mean`, `median` or `mode` of the training split, or a value given as `{value: …}`.
     */
    with:
      | ('mean' | 'median' | 'mode')
      | {
          /**
           * The value to put in.
           */
          value: number | string | boolean;
        };
  };
  /**
   * Limits numbers to a range; missing values stay missing.
   */
  clip?: {
    columns: ColumnList;
    /**
     * Lower and upper quantile of the training split.
     *
     * @minItems 2
     * @maxItems 2
     */
    quantiles?: [number, number];
    /**
     * Lower and upper limit.
     *
     * @minItems 2
     * @maxItems 2
     */
    range?: [number, number];
  };
  /**
   * New columns by expression over the columns before it, row by row.
   */
  derive?: {
    [k: string]: string;
  };
  /**
   * Subtracts the mean and divides by the standard deviation of the training split (1 where that is 0).
   */
  standardize?: {
    columns: ColumnList;
  };
  /**
   * Scales to 0…1 by the smallest and largest value of the training split.
   */
  'min-max'?: {
    columns: ColumnList;
  };
  /**
   * One 0/1 feature for each category of the training split. A category unseen in training gives zeros.
   */
  'one-hot'?: {
    columns: ColumnList;
    /**
     * Keeps the most frequent categories; the others give zeros.
     */
    'max-categories'?: number;
  };
  /**
   * One whole number a category, in order. A category unseen in training gives -1.
   */
  ordinal?: {
    columns: ColumnList;
    /**
     * The categories from lowest to highest. Without it the training split's, sorted.
     */
    order?: string[];
  };
  /**
   * One feature for each of the most frequent words of a free text, weighted by how often it occurs. For every kind of model. The vocabulary is learnt on the training split; the served model takes the text as it is.
   */
  'bag-of-words'?: {
    columns: ColumnList;
    /**
     * `tf-idf`: occurrences times ln((1 + rows) / (1 + rows with the word)) + 1, each row scaled to length 1, as scikit-learn's TfidfVectorizer has it. `count`: occurrences. `binary`: 1 when the word occurs.
     */
    weight?: 'tf-idf' | 'count' | 'binary';
    /**
     * Also takes sequences of up to this many words: 2 tells `not good` from `good`.
     */
    ngrams?: number;
    /**
     * Most features a column; the words that occur most often are kept.
     */
    'max-features'?: number;
    /**
     * Leaves out words that occur in fewer rows of the training split.
     */
    'min-rows'?: number;
    /**
     * Leaves out words that occur in more than this share of the rows of the training split.
     */
    'max-share'?: number;
    /**
     * Shortest word, in characters. Symbols such as emojis always count as words of their own.
     */
    'min-length'?: number;
    /**
     * Takes `Free` and `FREE` for `free`.
     */
    'lower-case'?: boolean;
  };
  /**
   * The words of a free text in their order, as numbers for the `embedding` layer of a `network`: 0 is padding, 1 a word that is not in the vocabulary. The vocabulary is learnt on the training split; the served model takes the text as it is.
   */
  tokenize?: {
    columns: ColumnList;
    /**
     * Words a text; longer texts are cut off, shorter ones padded.
     */
    'max-length'?: number;
    /**
     * Size of the vocabulary; the words that occur most often are kept.
     */
    'max-words'?: number;
    /**
     * Leaves out words that occur in fewer rows of the training split.
     */
    'min-rows'?: number;
    /**
     * Takes `Free` and `FREE` for `free`.
     */
    'lower-case'?: boolean;
  };
  /**
   * Numbers made of dates and times, NAME_weekday and so on. The served model takes the date as an ISO text (`2024-12-31T10:00`); a time with an offset is taken to UTC, as in the data.
   */
  'date-parts'?: {
    /**
     * Columns of dates or times. Also the one that orders the rows.
     */
    columns: string | string[];
    /**
     * Which: `weekday` counts from Monday, 1, to Sunday, 7; `days` are those since 1970-01-01, for differences: `derive: {age: "last_days - first_days"}`.
     */
    parts?: ('year' | 'quarter' | 'month' | 'day' | 'weekday' | 'day-of-year' | 'hour' | 'minute' | 'days')[];
  };
  /**
   * Adds for each column a 0/1 feature NAME_missing.
   */
  'missing-indicator'?: {
    columns: ColumnList;
  };
  /**
   * Columns that are no feature from here on.
   */
  drop?: {
    columns: ColumnList;
  };
}
/**
 * One thing the data must fulfil.
 */
export interface Expectation {
  /**
   * The column that this is about.
   */
  column?: string;
  /**
   * Smallest and largest allowed value, null for no limit.
   *
   * @minItems 2
   * @maxItems 2
   */
  between?: [number | null, number | null];
  /**
   * The allowed values.
   */
  in?: Scalar[];
  type?: ColumnType;
  /**
   * No value may be missing.
   */
  'not-null'?: true;
  /**
   * No value may occur twice.
   */
  unique?: true;
  /**
   * An expression that must be true for each row.
   */
  where?: string;
  /**
   * How many rows there must be.
   */
  rows?: {
    /**
     * At least.
     */
    min?: number;
    /**
     * At most.
     */
    max?: number;
  };
  /**
   * Share of rows that may break this expectation.
   */
  allow?: number;
  /**
   * Whether a broken expectation stops the run or only warns.
   */
  severity?: 'stop' | 'warn';
}
/**
 * Trains a model on the training split: one of ours (`model`), or the user's own program (`command`). With `reinforcement` it learns a policy in an environment instead.
 */
export interface TrainStage {
  /**
   * Trains a model.
   */
  kind: 'train';
  /**
   * What this stage is for. Changes re-run nothing.
   */
  description?: string;
  data?: StageReference;
  /**
   * The model to train.
   */
  model?: ('linear' | 'decision-tree' | 'random-forest' | 'boosted-trees' | 'network') | Model;
  /**
   * The user's own program as an argument list; no shell. It reads the files named in the environment variables LIFECYCLE_TRAIN, LIFECYCLE_VALIDATION (Parquet) and LIFECYCLE_OUTPUT (a folder), writes `model.onnx` there, and may print `::lifecycle {json}` lines. docs/commands.md has all of it.
   */
  command?: string[];
  reinforcement?: Reinforcement;
  /**
   * With `model`, for a number to predict that is skewed (prices, counts, durations): the model learns the transformed target, and the served model turns its answers back, so that predictions, metrics and gates are in the target's own unit. What a transform has to learn it learns on the training split. `log` is log(1 + target) and, like `sqrt`, needs a target that is never negative and predicts none that is; `box-cox` needs one above 0; `yeo-johnson` takes any number. The last two find the power that makes the target look most normal. The curves `loss` and `validation/loss` are in the transformed unit, `validation/rmse` in the target's own.
   */
  'target-transform'?: 'none' | 'log' | 'sqrt' | 'box-cox' | 'yeo-johnson';
  /**
   * With `command`: files that the program reads (its own code, lock files). The stage re-runs when they change.
   */
  inputs?: string[];
  /**
   * With `command`: environment variables to set.
   */
  environment?: {
    [k: string]: string;
  };
  /**
   * With `command`: seconds after which the program is ended.
   */
  timeout?: number;
  training?: Training;
  tune?: Tune;
  resources?: Resources;
  /**
   * Seed of this stage. Without it the pipeline's seed.
   */
  seed?: number;
}
/**
 * Logistic regression, softmax regression or least squares, with L2 penalty.
 */
export interface LinearModel {
  /**
   * A linear model.
   */
  kind: 'linear';
  /**
   * Strength of the L2 penalty on the weights (not the intercept), as scikit-learn's 1/C for classification and alpha for regression.
   */
  l2?: number;
  /**
   * Most iterations of the optimiser.
   */
  'max-iterations'?: number;
}
/**
 * One decision tree (CART), grown best split first.
 */
export interface DecisionTreeModel {
  /**
   * One decision tree.
   */
  kind: 'decision-tree';
  /**
   * Most leaves of a tree. Without it as many as the other limits allow.
   */
  leaves?: number;
  /**
   * Deepest level of a tree. Without it as deep as the other limits allow.
   */
  depth?: number;
  /**
   * Fewest training rows in a leaf.
   */
  'samples-per-leaf'?: number;
  /**
   * Most thresholds that are tried on a feature, plus one.
   */
  bins?: number;
  /**
   * `balanced` weighs each class by the inverse of its frequency.
   */
  'class-weights'?: 'none' | 'balanced';
}
/**
 * A forest of decision trees, each grown on rows drawn with replacement and on random features; their answers are averaged (Breiman 2001).
 */
export interface RandomForestModel {
  /**
   * A forest of randomised decision trees.
   */
  kind: 'random-forest';
  /**
   * Number of trees.
   */
  trees?: number;
  /**
   * Most leaves of a tree. Without it as many as the other limits allow.
   */
  leaves?: number;
  /**
   * Deepest level of a tree. Without it as deep as the other limits allow.
   */
  depth?: number;
  /**
   * Fewest training rows in a leaf.
   */
  'samples-per-leaf'?: number;
  /**
   * Most thresholds that are tried on a feature, plus one.
   */
  bins?: number;
  /**
   * `balanced` weighs each class by the inverse of its frequency.
   */
  'class-weights'?: 'none' | 'balanced';
  /**
   * Features drawn for each split: a share of all, `sqrt` or `all`. Without it the square root for classes, a third for numbers.
   */
  'column-sample'?: number | ('sqrt' | 'all');
  /**
   * Rows drawn with replacement for each tree, as a share of all.
   */
  'row-sample'?: number;
}
/**
 * Gradient-boosted decision trees on histograms.
 */
export interface BoostedTreesModel {
  /**
   * Gradient-boosted decision trees.
   */
  kind: 'boosted-trees';
  /**
   * Most boosting rounds. Where there is a validation split, growing ends after 20 rounds (or `early-stopping.patience`) without a lower validation loss, and the best round is kept; of classes, with all leaves scaled down as far as suits the validation rows.
   */
  trees?: number;
  /**
   * Most leaves of a tree.
   */
  leaves?: number;
  /**
   * Deepest level of a tree. Without it only `leaves` limits.
   */
  depth?: number;
  /**
   * Shrinkage of each tree.
   */
  'learning-rate'?: number;
  /**
   * Fewest training rows in a leaf.
   */
  'samples-per-leaf'?: number;
  /**
   * L2 penalty on leaf values.
   */
  l2?: number;
  /**
   * L1 penalty on leaf values.
   */
  l1?: number;
  /**
   * Least gain of a split.
   */
  'minimum-gain'?: number;
  /**
   * Most histogram bins of a feature.
   */
  bins?: number;
  /**
   * Share of rows drawn for each tree.
   */
  'row-sample'?: number;
  /**
   * Share of features drawn for each tree.
   */
  'column-sample'?: number;
  /**
   * Loss of a regression: squared error (the mean), absolute error (the median), a quantile, or Poisson deviance (counts and rates; the target must not be negative).
   */
  loss?: 'squared' | 'absolute' | 'quantile' | 'poisson';
  /**
   * With the loss `quantile`: which one is predicted.
   */
  quantile?: number;
  /**
   * Features by name in which the score may only rise (`increasing`) or fall (`decreasing`). For two classes the score is that of the positive one.
   */
  monotone?: {
    /**
     * The direction in which the score may move as the feature grows.
     */
    [k: string]: 'increasing' | 'decreasing';
  };
  /**
   * Features whose whole numbers stand for categories (for example made by `ordinal`): their values are split into two groups rather than at a threshold.
   *
   * Items: Name of a feature that holds whole numbers from 0 to 254.
   */
  categorical?: string[];
  'early-stopping'?: EarlyStopping;
}
/**
 * Stops when the validation loss no longer falls, and keeps the best state.
 */
export interface EarlyStopping {
  /**
   * Rounds or epochs to wait for a better value.
   */
  patience?: number;
  /**
   * Smallest change that counts as better.
   */
  'min-delta'?: number;
}
/**
 * A neural network; the output layer is added to suit the task.
 */
export interface NetworkModel {
  /**
   * A neural network.
   */
  kind: 'network';
  /**
   * The hidden layers in order.
   *
   * @maxItems 1000
   */
  layers?: Layer[];
  /**
   * Layers that suit a kind of data. The editor shows them and can write them out (*Write out the layers*).
   */
  preset?:
    | 'mlp'
    | 'deep-mlp'
    | 'cnn'
    | 'resnet'
    | 'text-average'
    | 'text-cnn'
    | 'text-lstm'
    | 'text-transformer'
    | 'lstm'
    | 'gru'
    | 'transformer';
  /**
   * The features are the pixels of an image, row by row.
   */
  image?: {
    /**
     * Rows of pixels.
     */
    height: number;
    /**
     * Pixels in a row.
     */
    width: number;
    /**
     * Values a pixel, side by side: 1 for grey, 3 for red, green and blue.
     */
    channels?: number;
  };
  /**
   * The features are steps in time, all of the first step first.
   */
  sequence?: {
    /**
     * Number of steps.
     */
    steps: number;
  };
  /**
   * How features are standardised before the first layer: `each` by its own mean and deviation (those that are only 0 and 1 in the training rows, such as one-hot columns, stay as they are), all `together` by one (the default for images and sequences), or not at all.
   */
  scale?: 'each' | 'together' | 'none';
  /**
   * The features are the numbers of tokens, from 0 (padding) to one less than this: a text that was cut into words. For `embedding` and the presets `text-…`.
   */
  tokens?: number;
}
/**
 * Learns a policy by acting in an environment, in place of `data`. The model, when stated, is the hidden layers of a network; without it two dense layers of 64. The policy is an ONNX model from observation to action, packaged and served like any other.
 */
export interface Reinforcement {
  /**
   * Where it acts: one that is built in, or a program of the user's that speaks the step/reset protocol of docs/reinforcement.md.
   */
  environment: 'cart-pole' | EnvironmentProgram;
  /**
   * `ppo`: proximal policy optimisation, on several environments at a time. `dqn`: double deep Q-learning with replay, on one.
   */
  algorithm?: 'ppo' | 'dqn';
  /**
   * Most steps in the environment.
   */
  steps?: number;
  /**
   * Mean reward of an episode at which learning ends early. Without it all steps are taken; the best policy is kept either way.
   */
  goal?: number;
  /**
   * Episodes with which a policy is judged, each from a start of its own.
   */
  episodes?: number;
  /**
   * With `ppo`: environments that are acted in at a time.
   */
  environments?: number;
  /**
   * Weight of a reward one step later. Without it 0.98 for `ppo` and 0.99 for `dqn`.
   */
  discount?: number;
  /**
   * Step size of Adam. 0.0003 … 0.001 suits most; without it 0.001 for `dqn`, and for `ppo` 0.0025 that falls to 0 over the steps.
   */
  'learning-rate'?: number;
}
/**
 * A program that is the environment.
 */
export interface EnvironmentProgram {
  /**
   * The program as an argument list; no shell.
   */
  command: string[];
  /**
   * Files that it reads (its own code). The stage re-runs when they change.
   */
  inputs?: string[];
}
/**
 * How a network is trained.
 */
export interface Training {
  /**
   * The optimiser.
   */
  optimizer?: ('sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad') | Optimizer;
  /**
   * Passes over the training split.
   */
  epochs?: number;
  /**
   * Rows in one optimisation step.
   */
  'batch-size'?: number;
  /**
   * Batches whose gradients make one step: a large batch in little memory.
   */
  accumulate?: number;
  /**
   * What is made small. Without it cross-entropy for classes and the squared error for numbers.
   */
  loss?: ('cross-entropy' | 'focal' | 'mse' | 'mae' | 'huber' | 'quantile') | Loss;
  'early-stopping'?: EarlyStopping;
  /**
   * How much each class counts: all the same, `balanced` by the inverse of their frequency, or a number for each.
   */
  'class-weights'?:
    | ('none' | 'balanced')
    | {
        [k: string]: number;
      };
  /**
   * Column of the data whose number says how much a row counts. List it under `columns.id` of the data stage, so that it is no feature.
   */
  'sample-weights'?: string;
  /**
   * Makes the classes of the training split equally frequent in each epoch: by repeating rows of rare classes, or by leaving out rows of frequent ones.
   */
  sampling?: 'none' | 'oversample' | 'undersample';
  /**
   * Largest norm of the whole gradient.
   */
  'gradient-clip'?: number;
  /**
   * Share of the label mass spread over all classes.
   */
  'label-smoothing'?: number;
  /**
   * How the learning rate changes over the training.
   */
  schedule?: ('constant' | 'step' | 'cosine' | 'one-cycle' | 'plateau') | LearningRateSchedule;
  /**
   * Random changes of images while training: each epoch sees each image a little different.
   */
  augment?: {
    /**
     * Moves by up to so many pixels along each axis.
     */
    shift?: number;
    /**
     * Mirrors left and right, half of the time.
     */
    flip?: boolean;
    /**
     * Turns about the centre by up to so many degrees, either way.
     */
    rotation?: number;
    /**
     * Standard deviation of noise added to each (standardised) pixel.
     */
    noise?: number;
  };
  /**
   * Begins with the weights of another model where names and shapes agree: a train stage, or an ONNX file that one made.
   */
  'start-from'?:
    | StageReference
    | {
        /**
         * ONNX file.
         */
        file: string;
      };
  /**
   * Names of layers that keep their weights; with them those inside.
   */
  freeze?: string[];
  /**
   * How often training is saved, so that it goes on after a crash. Without it every 5 minutes.
   */
  checkpoint?: {
    /**
     * After so many steps.
     */
    steps?: number;
    /**
     * After so many minutes.
     */
    minutes?: number;
  };
  /**
   * Most gigabytes of memory for the training rows, 1 unless given. Rows that need more stay on the disk and are streamed from there.
   */
  memory?: number;
}
/**
 * An optimiser and its settings.
 */
export interface Optimizer {
  /**
   * Which optimiser.
   */
  kind: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad';
  /**
   * Step size.
   */
  'learning-rate'?: number;
  /**
   * Momentum, for `sgd`.
   */
  momentum?: number;
  /**
   * Nesterov's momentum, for `sgd`.
   */
  nesterov?: boolean;
  /**
   * Decay of the mean, for `adam` and `adamw`.
   */
  beta1?: number;
  /**
   * Decay of the squared mean, for `adam`, `adamw` and `rmsprop`.
   */
  beta2?: number;
  /**
   * Added to the denominator.
   */
  epsilon?: number;
  /**
   * Weight decay (decoupled in `adamw`, L2 elsewhere).
   */
  'weight-decay'?: number;
}
/**
 * A loss and its settings.
 */
export interface Loss {
  /**
   * Which loss.
   */
  kind: 'cross-entropy' | 'focal' | 'mse' | 'mae' | 'huber' | 'quantile';
  /**
   * For `focal`: how little the rows count that are already right.
   */
  gamma?: number;
  /**
   * For `huber`: error from which it counts in proportion, in the target's unit.
   */
  delta?: number;
  /**
   * For `quantile`: which one is predicted.
   */
  quantile?: number;
}
/**
 * A schedule and its settings.
 */
export interface LearningRateSchedule {
  /**
   * `step` multiplies by `factor` every so many epochs, `cosine` goes down to 0 along half a wave, `one-cycle` goes up and down again (learning-rate is its top), `plateau` multiplies by `factor` when the validation loss no longer falls.
   */
  kind: 'constant' | 'step' | 'cosine' | 'one-cycle' | 'plateau';
  /**
   * Epochs over which the rate first rises from 0.
   */
  'warm-up'?: number;
  /**
   * For `step`: epochs between changes.
   */
  every?: number;
  /**
   * For `step` and `plateau`: what the rate is multiplied by.
   */
  factor?: number;
  /**
   * For `plateau`: epochs to wait for a better validation loss.
   */
  patience?: number;
}
/**
 * Searches for settings: trains the stage many times (trials) with values from `space`, judges each on the validation split, and trains the best once more as the result.
 */
export interface Tune {
  /**
   * How values are chosen: `tpe` learns from the trials so far, `random` draws, `sobol` covers the space evenly, `grid` tries every combination.
   */
  search?: 'tpe' | 'random' | 'sobol' | 'grid';
  /**
   * Most trials. A grid is tried as a whole unless this is set.
   */
  trials?: number;
  /**
   * Ends the search when it has trained as much as this many whole trials. With pruning more trials than that can be tried.
   */
  budget?: number;
  /**
   * No trial begins after the trials have taken so long. How many that are depends on the machine, and so does the result.
   */
  minutes?: number;
  /**
   * Metric to judge by, on validation. Without it `auc`, `accuracy` or `rmse`, as the task asks. A `command` may name any metric that it reports.
   */
  metric?: string;
  /**
   * How trials that lag are stopped early: on what a model says after each epoch, round or fold. Without it `asha` for models that train in steps, given ten trials or more.
   */
  pruning?: ('asha' | 'hyperband' | 'median' | 'none') | Pruning;
  /**
   * Judges each trial by cross-validation: the training split is cut into so many parts, and each is judged by a model that learnt from the others.
   */
  folds?: number;
  /**
   * Trials at a time. Without it one a thread. The threads of the stage are divided among them.
   */
  parallel?: number;
  /**
   * What to vary: places in this stage, such as `model.learning-rate` or `training.optimizer.learning-rate`, each with its range or its list of values. Items of lists are numbered from 0: `model.layers.0.dense.units`.
   */
  space: {
    [k: string]: TuneRange;
  };
}
/**
 * A pruning rule and its settings.
 */
export interface Pruning {
  /**
   * `asha` keeps the best share of those that came as far (asynchronous successive halving); `hyperband` does so from several starting points at once; `median` stops what is worse than the median of the others.
   */
  kind: 'asha' | 'hyperband' | 'median';
  /**
   * For `asha` and `hyperband`: of so many trials one goes on, so many times as long.
   */
  reduction?: number;
  /**
   * Epochs, rounds or folds before the first decision. Without it a quarter of the whole for `asha`, a ninth for `hyperband`, a tenth for `median`.
   */
  first?: number;
  /**
   * Steps of a whole trial. Only a `command` needs it: of our own models it is known.
   */
  most?: number;
}
/**
 * A range, and when it applies.
 */
export interface TuneSpan {
  /**
   * A number between the two, each equally likely.
   *
   * @minItems 2
   * @maxItems 2
   *
   * Items: Lowest, highest.
   */
  uniform?: [number, number];
  /**
   * A number between the two, each order of magnitude equally likely.
   *
   * @minItems 2
   * @maxItems 2
   *
   * Items: Lowest, highest.
   */
  'log-uniform'?: [number, number];
  /**
   * A whole number between the two, both included.
   *
   * @minItems 2
   * @maxItems 2
   *
   * Items: Lowest, highest.
   */
  integer?: [number, number];
  /**
   * A whole number between the two, each order of magnitude equally likely.
   *
   * @minItems 2
   * @maxItems 2
   *
   * Items: Lowest, highest.
   */
  'log-integer'?: [number, number];
  /**
   * One of these values.
   */
  choice?: Scalar[];
  /**
   * For `grid`: points on the range, the ends included.
   */
  steps?: number;
  /**
   * Varies only when other settings of the space have these values, for example `{training.optimizer.kind: sgd}`.
   */
  when?: {
    /**
     * The value, or one of a list.
     */
    [k: string]: Scalar | Scalar[];
  };
}
/**
 * What the stage may use.
 */
export interface Resources {
  /**
   * Where to compute. `auto` takes a CUDA GPU for a network where ONNX Runtime can use one, else the CPU. `tensorflow-gpu` trains with TensorFlow.js (see docs/devices.md). With `command`: `cuda` gives the program a GPU of its own. `lifecycle devices` lists what is here.
   */
  device?: 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'tensorflow-gpu';
  /**
   * Threads to use. Without it as many as the run gives; results are the same bytes for the same number of threads.
   */
  threads?: number;
  /**
   * Seconds after which a training that says nothing is ended: no metric, no progress, no line of output. Without it a warning comes after two minutes in which nothing computes. In a search it holds for each trial. Resting does not count.
   */
  'stall-timeout'?: number;
}
/**
 * Measures candidates, chooses the best on the validation split, and holds it to the gate on the test split.
 */
export interface EvaluateStage {
  /**
   * Measures and chooses models.
   */
  kind: 'evaluate';
  /**
   * What this stage is for. Changes re-run nothing.
   */
  description?: string;
  /**
   * The models to measure. They must share one data stage.
   */
  candidates: StageReference[];
  /**
   * The metrics to compute. Without it all that suit the task.
   */
  metrics?: string[];
  /**
   * Compares the groups of protected attributes.
   */
  fairness?: {
    /**
     * The columns whose groups are compared.
     */
    attributes: string[];
    /**
     * Gaps allowed on the test split: `max` for differences, `min` for the demographic-parity ratio (0.8 is the four-fifths rule).
     */
    require?: {
      'demographic-parity-difference'?: Bound;
      'demographic-parity-ratio'?: Bound;
      'equalized-odds-difference'?: Bound;
      'equal-opportunity-difference'?: Bound;
    };
  };
  /**
   * What the chosen model looks at, measured after the choice: permutation importance of every column, and mean |SHAP| of the features of tree models. `none` leaves it out.
   */
  explain?: 'none' | Explain;
  /**
   * Probability from which a two-class prediction is positive.
   */
  threshold?: number;
  /**
   * How the best candidate is chosen. The choice never sees the test split.
   */
  choose?: {
    /**
     * The metric to choose by. Without it `auc`, `accuracy` or `rmse` as suits the task.
     */
    metric?: string;
    /**
     * The split to choose on.
     */
    on?: 'validation';
  };
  /**
   * The gate: what the chosen model must reach on the test split, by metric. A model below it stops the run.
   */
  require?: {
    [k: string]: Bound;
  };
}
/**
 * How the chosen model is explained.
 */
export interface Explain {
  /**
   * Which candidates: the chosen one, or every one.
   */
  of?: 'best' | 'all';
  /**
   * The split whose rows are used; the other one where it has none. On the test split only the chosen one is explained.
   */
  on?: 'validation' | 'test';
  /**
   * Most rows, drawn at random by the seed. Without it up to 1,000, fewer where there are many columns, and an explanation that would take longer than 20 seconds is left out.
   */
  rows?: number;
  /**
   * How often each column is shuffled. The standard deviation is over these.
   */
  repeats?: number;
  /**
   * The metric whose loss is the importance. Without it the one to choose by.
   */
  metric?: string;
}
/**
 * Makes a model smaller or faster and proves that it is still good.
 */
export interface OptimizeStage {
  /**
   * Makes a model smaller or faster.
   */
  kind: 'optimize';
  /**
   * What this stage is for. Changes re-run nothing.
   */
  description?: string;
  model: StageReference;
  /**
   * Store the numbers of a model with fewer bits. Models without matrices (trees) are passed on unchanged, with a note.
   */
  quantize?: ('int8' | 'float16' | 'int8-static') | StaticQuantization;
  prune?: WeightPruning;
  distil?: Distillation;
  tensorrt?: TensorrtEngine;
  /**
   * Seed of this stage (rows for calibration, fine-tuning, the student's training). Without it the pipeline's seed.
   */
  seed?: number;
  /**
   * How much a metric may suffer on the validation split, by metric.
   */
  require?: {
    /**
     * What the metric must keep.
     */
    [k: string]: {
      /**
       * The most by which the metric may get worse.
       */
      'drop-at-most'?: number;
      /**
       * The metric must be at least this.
       */
      min?: number;
      /**
       * The metric must be at most this.
       */
      max?: number;
    };
  };
}
/**
 * Weights and activations as 8-bit integers, with ranges measured beforehand.
 */
export interface StaticQuantization {
  /**
   * Static quantisation to 8 bits.
   */
  kind: 'int8-static';
  /**
   * Rows of the training split on which the range of each layer is measured.
   */
  rows?: number;
  /**
   * Most by which the log loss (of numbers: the RMSE) on the validation split may grow, as a share of what it was. A layer that costs more by itself is left as it is; then the costliest ones are, until all together keep within it.
   */
  tolerance?: number;
}
/**
 * Remove the smallest weights of a network, or whole units and channels, and train the rest a little further.
 */
export interface WeightPruning {
  /**
   * Share of each layer to remove. The layer that gives the answer keeps its outputs.
   */
  sparsity: number;
  /**
   * `weights` sets single weights to zero: the model keeps its shape and packs smaller. `units` takes units of dense layers and channels of convolutions out, so that matrices shrink and the model is faster.
   */
  structure?: 'weights' | 'units';
  /**
   * Passes over the training rows for fine-tuning; what is removed grows to `sparsity` in the first two thirds of them. The best epoch at full sparsity is kept where there is a validation split. 0 prunes at once and trains nothing.
   */
  epochs?: number;
  /**
   * Learning rate of the fine-tuning (Adam).
   */
  'learning-rate'?: number;
  /**
   * Rows of a step of the fine-tuning.
   */
  'batch-size'?: number;
}
/**
 * Train a smaller model on the model's answers instead of the true ones.
 */
export interface Distillation {
  /**
   * The smaller model.
   */
  into: BoostedTreesModel | NetworkModel;
  /**
   * With a `network` and classes: above 1 softens the probabilities that are learnt from, so that the unlikely classes tell more.
   */
  temperature?: number;
  training?: Training;
}
/**
 * Build an engine for the NVIDIA GPU of this machine with TensorRT's `trtexec`, which must be on PATH. The model is passed on as it was; the engine lies beside it, and in the bundle.
 */
export interface TensorrtEngine {
  /**
   * `float16` lets the engine compute in 16 bits where that is faster. A model of `quantize: int8-static` is computed in 8 bits as it says itself. TensorRT 11 and later take the precision from the graph alone.
   */
  precision?: 'float32' | 'float16';
  /**
   * The most rows of one run.
   */
  rows?: number;
  /**
   * The rows of a run that the engine is made fastest for.
   */
  'usual-rows'?: number;
}
/**
 * Puts a model with its preprocessing, signature, metrics and lineage into a bundle, and registers it as a new version.
 */
export interface PackageStage {
  /**
   * Makes a versioned bundle.
   */
  kind: 'package';
  /**
   * What this stage is for. Changes re-run nothing.
   */
  description?: string;
  model: StageReference;
  /**
   * Name in the model registry. Equal content gives the same version.
   */
  name: string;
  /**
   * Aliases that point at the new version.
   */
  aliases?: string[];
  /**
   * Notes kept with the version.
   */
  notes?: string;
  sign?: Secret;
}
/**
 * Puts a bundle on a target. Never cached: it compares with what is there and changes what differs. Runs with `run --deploy`, with `deploy`, or when asked for by name.
 */
export interface DeployStage {
  /**
   * Puts a bundle on a target.
   */
  kind: 'deploy';
  /**
   * What this stage is for.
   */
  description?: string;
  package: StageReference;
  /**
   * A target of targets.yaml, or `local`, which is built in.
   */
  target: string;
  /**
   * How a new version takes over from the live one: at once, or step by step with gates that take it back by themselves. The first deployment to a target is always at once.
   */
  strategy?: ('all-at-once' | 'canary' | 'blue-green' | 'shadow' | 'ab') | Strategy;
}
/**
 * The new version answers every request from one moment on.
 */
export interface AllAtOnceStrategy {
  /**
   * All requests at once.
   */
  kind: 'all-at-once';
}
/**
 * The new version answers a growing share of the requests. Each step is judged; at the first that fails the live version has all of them back.
 */
export interface CanaryStrategy {
  /**
   * A growing share of the requests.
   */
  kind: 'canary';
  /**
   * Shares of the requests in per cent, one after the other. After the last that passes the new version has them all.
   *
   * Items: Per cent of the requests.
   */
  steps?: number[];
  window?: RolloutWindow;
  gates?: RolloutGates;
  sticky?: Sticky;
}
/**
 * When a step is judged.
 */
export interface RolloutWindow {
  /**
   * Requests that the new version must have been asked.
   */
  requests?: number;
  /**
   * Requests whose outcome must be known, when a gate needs outcomes. Without it as many as `requests`.
   */
  labels?: number;
  /**
   * Seconds after which a step that could not be judged is rolled back.
   */
  timeout?: number;
}
/**
 * What the new version must not do worse than the live one. `error-rate` and `latency` are always watched.
 */
export interface RolloutGates {
  /**
   * Share of requests that the model could not answer.
   */
  'error-rate'?: {
    /**
     * The most by which the share may rise.
     */
    'rise-at-most': number;
  };
  /**
   * Time of an answer: of the model's run for the same rows where both versions can be asked them, else from being asked to the answer.
   */
  latency?: {
    /**
     * The most by which it may rise, as a share: 0.25 is a quarter longer.
     */
    'rise-at-most': number;
    /**
     * Which quantile is compared.
     */
    quantile?: number;
  };
  /**
   * Share of right classes. Needs outcomes, sent to `POST /feedback`.
   */
  accuracy?: {
    /**
     * The most by which it may fall.
     */
    'drop-at-most': number;
  };
  /**
   * Mean distance from the outcome, of a regression. Needs outcomes, sent to `POST /feedback`.
   */
  'mean-absolute-error'?: {
    /**
     * The most by which it may rise, as a share.
     */
    'rise-at-most': number;
  };
  /**
   * Mean of the `value` that is sent to `POST /feedback`: revenue, clicks, whatever the business counts.
   */
  value?: {
    /**
     * The most by which it may fall, as a share of the live version's.
     */
    'drop-at-most': number;
  };
  /**
   * Population stability index between the predictions of both versions for the same requests.
   */
  drift?: {
    /**
     * The most it may be.
     */
    'at-most': number;
  };
  /**
   * Share of rows for which both versions predict another class; of a regression, another number by more than a hundredth of the range.
   */
  disagreement?: {
    /**
     * The most it may be.
     */
    'at-most': number;
  };
  /**
   * How sure a worsening must be before it counts.
   */
  confidence?: number;
}
/**
 * What keeps a client with its version. Without it the id of the request decides.
 */
export interface Sticky {
  /**
   * A header that names the client.
   */
  header?: string;
  /**
   * An input column of the model that names the client; the first row counts.
   */
  column?: string;
}
/**
 * The new version is loaded and tried beside the live one, then has every request at once. The former stays loaded and takes over again when a gate fails.
 */
export interface BlueGreenStrategy {
  /**
   * All requests at once, with the former version ready to take over again.
   */
  kind: 'blue-green';
  window?: RolloutWindow;
  gates?: RolloutGates;
}
/**
 * The new version is asked what the live one is asked, and nobody sees its answers. They are compared prediction by prediction.
 */
export interface ShadowStrategy {
  /**
   * Asked beside the live version; nobody sees its answers.
   */
  kind: 'shadow';
  /**
   * Share of the requests that are mirrored.
   */
  share?: number;
  /**
   * Whether it goes live by itself when its gates pass. Without it the roll-out waits for `lifecycle rollout --promote`.
   */
  promote?: boolean;
  window?: RolloutWindow;
  gates?: RolloutGates;
}
/**
 * Both versions answer, each its share, until somebody decides. A client keeps its version. `lifecycle rollout` shows what differs and how sure that is.
 */
export interface AbStrategy {
  /**
   * Both answer until somebody decides.
   */
  kind: 'ab';
  /**
   * Share of the new version in per cent.
   */
  share?: number;
  sticky?: Sticky;
  window?: RolloutWindow;
  gates?: RolloutGates;
}
/**
 * Compares what a deployed model is asked with what it was trained on. Runs with `run --deploy`, with `monitor`, or when asked for by name.
 */
export interface MonitorStage {
  /**
   * Watches a deployed model.
   */
  kind: 'monitor';
  /**
   * What this stage is for.
   */
  description?: string;
  deployment?: StageReference;
  /**
   * Where the predictions are logged, when the model is served elsewhere: files, or a query to PostgreSQL.
   */
  source?: LogFiles | LogQuery;
  service?: ServiceQueries;
  reference: StageReference;
  /**
   * Which requests to look at. Without it all since the deployment.
   */
  window?: {
    /**
     * The last so many rows.
     */
    last?: number;
    /**
     * The last so many hours.
     */
    hours?: number;
    /**
     * Also compares every so many hours alone, so that one sees when something changed. Without it a length is chosen that gives at most 48 parts.
     */
    each?: number;
  };
  /**
   * How drift is measured.
   */
  drift?: {
    /**
     * Statistic that decides; where it does not fit the type of a column, `ks` and `chi2` stand in for each other, and `jensen-shannon` for `wasserstein`. `auto`: Kolmogorov–Smirnov for numbers and chi-squared for categories up to 1,000 rows, above that normalised Wasserstein and Jensen–Shannon effect sizes.
     */
    method?: 'auto' | 'psi' | 'ks' | 'chi2' | 'jensen-shannon' | 'wasserstein' | 'hellinger' | 'l-infinity';
    /**
     * Statistic from which a feature counts as drifted, for methods that are effect sizes. Without it 0.2 for psi, 0.1 for the others. A change that chance explains (by the test of that kind of column, at the false-discovery rate) never counts.
     */
    threshold?: number;
    /**
     * Share of false alarms among alarms (Benjamini–Hochberg over the columns).
     */
    'false-discovery-rate'?: number;
    /**
     * The columns to watch. Without it all inputs of the model.
     */
    columns?: string[];
    /**
     * Fewer rows than this give no verdict.
     */
    'minimum-rows'?: number;
    /**
     * Compares like with like: takes only rows of the reference whose time (column of role `time`) falls on a weekday or an hour that the window has too, in UTC.
     */
    season?: 'none' | 'weekday' | 'hour' | 'weekday-and-hour';
    /**
     * Columns whose values are looked at as slices. Without it every watched column of at most 50 categories, and the deciles of numbers. Empty for none.
     */
    slices?: string[];
    /**
     * Also trains a small classifier that tries to tell the window from the reference: it sees correlations that broke. From 200 rows on.
     */
    domain?: boolean;
    /**
     * Also tests all columns together by the maximum mean discrepancy, on 500 drawn rows of each side: it sees any change of the joint distribution that is large enough. From 50 rows on; `drift.mmd` in conditions.
     */
    mmd?: boolean;
  };
  /**
   * What must hold; the stage fails otherwise.
   */
  require?: {
    'drift-share'?: Bound;
  };
  /**
   * When retraining is due, and what then happens. With `when` alone it is reported, as an event and in the exit code of `lifecycle monitor`; `lifecycle watch` and `lifecycle retrain` carry it out when `data` or `approve` is given.
   */
  retrain?: {
    /**
     * A condition over `drift.share`, `drift.count`, `drift.<column>` (the deciding statistic), `drift.prediction`, `drift.domain`, `rows`, `performance.<metric>`, `estimated.<metric>`, `labels.count`, `labels.share`, `latency.p50`, `latency.p95`, `latency.p99` (seconds), `errors.rate`, `volume.per_minute`, `staleness.hours` (since the last request) and `staleness.days` (since the version went live).
     */
    when: string;
    /**
     * What to train on.
     */
    data?: {
      /**
       * `append`: the source of the pipeline and the labelled requests after it; `only`: the labelled requests alone; `none`: the source as it is now.
       */
      feedback?: 'append' | 'only' | 'none';
      /**
       * Only the last so many rows of both together; champion and challenger are judged by the last so many labelled requests.
       */
      last?: number;
      /**
       * Share of the labelled requests kept out of training: champion and challenger are compared on them.
       */
      test?: number;
      /**
       * Fewer labelled requests than this are not enough to retrain.
       */
      'minimum-rows'?: number;
    };
    /**
     * `ask`: a person approves before anything is deployed (one click in VS Code, or `lifecycle retrain --approve`); `auto`: the tests alone decide.
     */
    approve?: 'ask' | 'auto';
    /**
     * How a challenger that won goes live: `replace` at once, `canary` first with part of the traffic, `none` only registers and promotes it.
     */
    redeploy?: 'replace' | 'canary' | 'none';
    /**
     * Most retrainings in a time, as NUMBER/UNIT.
     */
    'at-most'?: string;
    /**
     * Metric that champion and challenger are compared by. Without it the one the pipeline chooses by.
     */
    metric?: string;
    /**
     * The challenger must be better by at least so much.
     */
    'better-by'?: number;
    /**
     * Confidence with which it must be better (paired bootstrap on the same rows).
     */
    confidence?: number;
  };
  /**
   * Ground truth for the predictions, beside what `lifecycle feedback` and the endpoint `/feedback` brought.
   */
  labels?: {
    /**
     * File of labels: columns `id`, `label` and optionally `row` and `time`, as CSV, JSON lines or Parquet.
     */
    source?: string;
    /**
     * Metrics to follow. Without it those usual for the task.
     *
     * Items: Metric.
     */
    metrics?: string[];
    /**
     * Columns by whose values metrics are told apart.
     *
     * Items: Column.
     */
    slices?: string[];
    /**
     * A figure of your own per labelled row, as an expression over the inputs, `label`, `prediction` and `value` (what the feedback says it was worth); its mean is `performance.business`.
     */
    business?: string;
  };
  /**
   * Rules by name. Without it one rule, `drift`, which fires when anything drifted. Told as a Problem on its line, once as a notification, and to `notify`.
   */
  alerts?: {
    [k: string]:
      | string
      | {
          /**
           * A condition over `drift.share`, `drift.count`, `drift.<column>` (the deciding statistic), `drift.prediction`, `drift.domain`, `rows`, `performance.<metric>`, `estimated.<metric>`, `labels.count`, `labels.share`, `latency.p50`, `latency.p95`, `latency.p99` (seconds), `errors.rate`, `volume.per_minute`, `staleness.hours` (since the last request) and `staleness.days` (since the version went live).
           */
          when: string;
          /**
           * Hysteresis: once it fires it stays until this holds. Without it until `when` does not.
           */
          clear?: string;
          /**
           * Reports in a row in which the condition must hold before it fires.
           */
          for?: number;
          /**
           * Severity.
           */
          severity?: 'info' | 'warning' | 'critical';
          /**
           * Alerts of one group are sent as one message.
           */
          group?: string;
          /**
           * Sent again after so many hours while it fires. Without it once.
           */
          repeat?: number;
        };
  };
  /**
   * Where alerts are sent.
   *
   * Items: One receiver.
   */
  notify?: {
    /**
     * A POST with JSON in the form of Alertmanager's webhooks.
     */
    webhook?:
      | string
      | {
          /**
           * Name of the secret that holds the address.
           */
          secret: string;
        };
    /**
     * Program and arguments, for example of a mailer; the message comes over its standard input. No shell.
     *
     * Items: Argument.
     */
    command?: string[];
    /**
     * Only alerts at least so severe.
     */
    severity?: 'info' | 'warning' | 'critical';
  }[];
}
/**
 * Files of predictions. New ones are read once: what is counted of a file is kept in the store by its content.
 */
export interface LogFiles {
  /**
   * A file, a folder, a glob, or a list of them: Parquet, CSV, TSV or JSON lines, also compressed. Relative to the pipeline file.
   */
  files: string | string[];
  /**
   * Column of the time of a prediction. Rows without one are passed over and counted.
   */
  time: string;
  /**
   * Lines above the header of CSV files that are no part of the table; empty lines count. Without it as many as the reference's files had, where the header then has more of the columns that are wanted; else none.
   */
  'skip-lines'?: number;
  /**
   * Column of the request's id. Rows with the same id and time count once; outcomes from `lifecycle feedback` are joined by it.
   */
  id?: string;
  /**
   * Column of what the model answered: P(positive) for two classes, the class for more, the value of a regression.
   */
  prediction?: string;
  /**
   * Column of what came true, empty where it is not known yet.
   */
  label?: string;
  /**
   * What columns are called in the log, by their name in the reference, where it is another one.
   */
  columns?: {
    /**
     * Column of the log.
     */
    [k: string]: string;
  };
}
/**
 * Predictions in a PostgreSQL database.
 */
export interface LogQuery {
  /**
   * A query to PostgreSQL; only rows of the window are fetched of its result, in a session that can only read.
   */
  sql: string;
  /**
   * Where the database is.
   */
  connection: {
    /**
     * Name of the secret that holds the address, `postgres://user:password@host:5432/database`.
     */
    secret: string;
  };
  /**
   * Column of the time of a prediction. Rows without one are passed over and counted.
   */
  time: string;
  /**
   * Column of the request's id. Rows with the same id and time count once; outcomes from `lifecycle feedback` are joined by it.
   */
  id?: string;
  /**
   * Column of what the model answered: P(positive) for two classes, the class for more, the value of a regression.
   */
  prediction?: string;
  /**
   * Column of what came true, empty where it is not known yet.
   */
  label?: string;
  /**
   * What columns are called in the log, by their name in the reference, where it is another one.
   */
  columns?: {
    /**
     * Column of the log.
     */
    [k: string]: string;
  };
  /**
   * Most rows that are fetched; of more the latest.
   */
  'most-rows'?: number;
  /**
   * Seconds that the query may take.
   */
  timeout?: number;
}
/**
 * Latency, errors and volume of a server that Prometheus watches, over the window (without one the last 24 hours).
 */
export interface ServiceQueries {
  /**
   * Address of Prometheus.
   */
  prometheus: string;
  /**
   * Sent as a bearer token.
   */
  token?: {
    /**
     * Name of the secret.
     */
    secret: string;
  };
  /**
   * Seconds between two values; more where the window would have over 11,000.
   */
  step?: number;
  /**
   * Seconds that a query may take.
   */
  timeout?: number;
  /**
   * PromQL by figure, each for one series. The figure is the mean of its values over the window.
   */
  queries: {
    /**
     * Requests a minute; `volume.per_minute`.
     */
    'per-minute'?: string;
    /**
     * Share of answers that are errors; `errors.rate`.
     */
    'error-rate'?: string;
    /**
     * Median latency in seconds; `latency.p50`.
     */
    p50?: string;
    /**
     * 95th percentile of the latency; `latency.p95`.
     */
    p95?: string;
    /**
     * 99th percentile of the latency; `latency.p99`.
     */
    p99?: string;
    /**
     * Requests that wait.
     */
    queue?: string;
    /**
     * Cores in use.
     */
    cpu?: string;
    /**
     * Bytes of memory.
     */
    memory?: string;
  };
}
/**
 * A machine-learning pipeline, from raw data to a deployed and watched model.
 */
export interface Pipeline {
  /**
   * Version of the pipeline format. Always 1.
   */
  lifecycle: 1;
  /**
   * Name of the pipeline: letters, digits, `-` and `_`.
   */
  pipeline: string;
  /**
   * What the pipeline is for. Shown in lists and in the model card; changes re-run nothing.
   */
  description?: string;
  /**
   * Seed of everything random in the pipeline. The same seed gives the same bytes on the same machine.
   */
  seed?: number;
  /**
   * Named values used in stages as `${name}`; overridden by `--set name=value` or by an environment.
   */
  parameters?: {
    [k: string]: Scalar;
  };
  /**
   * Named variants of parameters and deployment targets, chosen with `--env NAME`.
   */
  environments?: {
    /**
     * One environment.
     */
    [k: string]: {
      /**
       * Parameter values in this environment.
       */
      parameters?: {
        [k: string]: Scalar;
      };
      /**
       * For each deploy stage, the target to use in this environment.
       */
      targets?: {
        [k: string]: string;
      };
    };
  };
  /**
   * The stages by name. Stages refer to each other by name; the references are the graph.
   */
  stages: {
    [k: string]: Stage;
  };
}
/**
 * Optional settings of a project, in `lifecycle.yaml` at its root.
 */
export interface ProjectSettings {
  /**
   * Version of the format. Always 1.
   */
  lifecycle: 1;
  /**
   * Folder of the run store, relative to this file.
   */
  store?: string;
  /**
   * Most cores that a run uses. Without it all of the machine.
   */
  cores?: number;
  /**
   * Runs that `lifecycle gc` keeps.
   */
  'keep-runs'?: number;
}
/**
 * Settings of the VS Code extension.
 */
export interface Settings {
  /**
   * Node ≥ 20 that runs the engine. Without it the `node` on PATH, else the one inside VS Code.
   */
  'lifecycle.node.path'?: string | null;
  /**
   * Interpreter that `python` in a `command` stage means. Without it the choice of the Python extension, a `.venv` near the pipeline, the active environment, then PATH.
   */
  'lifecycle.python.path'?: string | null;
  /**
   * Most cores that a run started in the editor uses. Without it all.
   */
  'lifecycle.run.cores'?: number | null;
  /**
   * Environment of the pipeline to run with (`--env`). Empty for none.
   */
  'lifecycle.run.environment'?: string;
  /**
   * When the run's terminal is brought to the front.
   */
  'lifecycle.run.revealTerminal'?: 'always' | 'onFailure' | 'never';
  /**
   * Whether a deployment asks first: always, or only for targets that are not on this machine.
   */
  'lifecycle.deploy.confirm'?: 'always' | 'remote';
  /**
   * Show *Run stage* and results above stages.
   */
  'lifecycle.codeLens.enabled'?: boolean;
  /**
   * Show rows and columns beside stages.
   */
  'lifecycle.inlayHints.enabled'?: boolean;
  /**
   * Log the messages between VS Code and the language server.
   */
  'lifecycle.trace.server'?: 'off' | 'messages' | 'verbose';
}
/**
 * A detached model server on this machine.
 */
export interface LocalTarget {
  /**
   * A model server on this machine.
   */
  kind: 'local';
  /**
   * Address to listen on.
   */
  host?: string;
  /**
   * Port to listen on; 0 takes a free one, kept over re-deployments.
   */
  port?: number;
  /**
   * Whether requests are logged for monitoring: all, one in ten, or none.
   */
  log?: 'full' | 'sample' | 'off';
  /**
   * Input columns whose values are left out of the request log.
   */
  redact?: string[];
  'api-key'?: Secret;
  /**
   * Largest request body in bytes.
   */
  'max-body'?: number;
  /**
   * Threads of the runtime. Without it half the cores.
   */
  threads?: number;
  /**
   * Share of requests that `log: sample` keeps.
   */
  sample?: number;
  /**
   * Whether the values of columns that the data stage lists as `sensitive` are logged.
   */
  'log-sensitive'?: boolean;
  /**
   * Whether clients need a key made with `lifecycle keys`. Once there is one they do, whatever stands here.
   */
  keys?: boolean;
  /**
   * Clients may bring a JSON Web Token instead of a key. Its claim `scope` says what they may do: predict, feedback, metrics.
   */
  jwt?: {
    /**
     * Name of the secret that tokens are signed with (HS256).
     */
    secret?: string;
    /**
     * PEM file of the key that tokens are signed with (RS256, ES256, EdDSA), relative to targets.yaml.
     */
    'public-key'?: string;
    /**
     * What `iss` must be.
     */
    issuer?: string;
    /**
     * What `aud` must hold.
     */
    audience?: string;
  };
  /**
   * Answers over HTTPS. The files are read again when they change.
   */
  tls?: {
    /**
     * PEM file of the certificate with its chain, relative to targets.yaml.
     */
    certificate: string;
    /**
     * PEM file of its private key.
     */
    key: string;
    /**
     * PEM file of the authorities whose clients are let in; nobody else is.
     */
    'client-ca'?: string;
  };
  /**
   * How much one client (a key, a token, else an address) may ask.
   */
  'rate-limit'?: {
    /**
     * Requests a second.
     */
    'per-second': number;
    /**
     * Requests at once, before that counts. Without it a second's worth.
     */
    burst?: number;
  };
  /**
   * Milliseconds after which a request that still waits for the model is refused. A request may ask for less with `x-deadline-ms`.
   */
  deadline?: number;
  /**
   * Rows that may wait for the model; more are refused with 503.
   */
  queue?: number;
  /**
   * Most connections at once.
   */
  connections?: number;
  /**
   * Further registered models, NAME or NAME@VERSION, that the same server answers for under /v2/models/NAME and /predict/NAME.
   */
  also?: string[];
  /**
   * `same`: a version that would not answer what the live one is asked (columns, types, order, classes) is refused. `free` lets it in.
   */
  contract?: 'same' | 'free';
  /**
   * What a version may cost; measured before it gets a request.
   */
  budget?: {
    /**
     * Milliseconds for one typical row, the median of 30 tries.
     */
    latency?: number;
    /**
     * Bytes of model.onnx.
     */
    bytes?: number;
  };
  /**
   * What the metrics in the bundle must reach.
   */
  require?: {
    [k: string]: Bound;
  };
}
/**
 * Scores files.
 */
export interface BatchTarget {
  /**
   * Scores files.
   */
  kind: 'batch';
  /**
   * File or glob to score, relative to targets.yaml.
   */
  input: string;
  /**
   * Lines above the header of CSV files that are no part of the table; empty lines count. Without it as many as the model's training data had, where the header then has more of the model's columns; else none.
   */
  'skip-lines'?: number;
  /**
   * File to write, `.csv` or `.parquet`, relative to targets.yaml. With `partitioned` a folder.
   */
  output: string;
  /**
   * Input columns to copy into the output. Without it all.
   */
  keep?: string[];
  /**
   * Write one file for each file of the input. What was scored by this version is kept when it is done again, so that an interrupted job goes on.
   */
  partitioned?: boolean;
  /**
   * With `partitioned`: kind of the files.
   */
  format?: 'csv' | 'parquet';
  schedule?: Schedule;
}
/**
 * When it is done again. Files are written; nothing is installed.
 */
export interface Schedule {
  /**
   * When, as cron has it: minute, hour, day of the month, month, day of the week.
   */
  cron: string;
  /**
   * What starts it: a timer of systemd, a line for crontab, or a CronJob of Kubernetes.
   */
  as: 'systemd' | 'cron' | 'kubernetes';
  /**
   * With `kubernetes`: an image that has the command `lifecycle`.
   */
  image?: string;
  /**
   * With `kubernetes`: the PersistentVolumeClaim that holds the project with its store.
   */
  claim?: string;
  /**
   * Folder for the files, relative to targets.yaml.
   */
  write?: string;
}
/**
 * A folder with the model and the little it needs to run, for devices, browsers and programs. It needs no engine.
 */
export interface EdgeTarget {
  /**
   * A folder to take along.
   */
  kind: 'edge';
  /**
   * Folder to write, relative to targets.yaml.
   */
  output: string;
  /**
   * For what: Node, a page in the browser (both run onnxruntime as WebAssembly), Python (onnxruntime, or numpy alone where it is missing).
   */
  runtimes?: ('node' | 'browser' | 'python')[];
  /**
   * Most bytes of the folder. A larger one is refused.
   */
  budget?: number;
}
/**
 * An image with server and model, made without a daemon: the same model gives the same digest. At least one of `repository`, `output` and `dockerfile`.
 */
export interface ContainerTarget {
  /**
   * A container image.
   */
  kind: 'container';
  /**
   * Where the image is pushed: host and name, in small letters, without a tag. The version becomes the tag.
   */
  repository?: string;
  /**
   * Folder for the image in the OCI layout, relative to targets.yaml.
   */
  output?: string;
  /**
   * Folder for a Dockerfile with all it needs, relative to targets.yaml, for those who build elsewhere.
   */
  dockerfile?: string;
  /**
   * An image with Node to build upon. Without it Node comes from this machine (Linux only).
   */
  base?: string;
  /**
   * User and password of the registry, by name. Without it what `podman login` or `docker login` left, and for the registries of AWS and Google their own credentials.
   */
  credentials?: {
    username: Secret;
    password: Secret;
  };
  /**
   * Further tags beside the version.
   */
  tags?: string[];
}
/**
 * Pods of the model server in a cluster: Deployment, Service, autoscaler, disruption budget and network policy; or an InferenceService of KServe, or a SeldonDeployment.
 */
export interface KubernetesTarget {
  /**
   * A Kubernetes cluster.
   */
  kind: 'kubernetes';
  /**
   * Context of your kubeconfig. Without it the current one.
   */
  context?: string;
  /**
   * Namespace. It must be there.
   */
  namespace?: string;
  /**
   * Name of the objects. Without it the target’s.
   */
  name?: string;
  /**
   * Plain objects of Kubernetes, an InferenceService of KServe, or a SeldonDeployment of Seldon Core 1.
   */
  flavour?: 'deployment' | 'kserve' | 'seldon';
  image: ImageSettings;
  /**
   * Secret of the cluster by which it pulls the image.
   */
  'pull-secret'?: string;
  /**
   * How many pods; more as they get busy.
   */
  replicas?: {
    /**
     * Fewest.
     */
    min?: number;
    /**
     * Most.
     */
    max?: number;
    /**
     * Share of the processor, in percent, at which there are more.
     */
    cpu?: number;
  };
  /**
   * Processor and memory of a pod.
   */
  resources?: {
    /**
     * Processors, as Kubernetes has it.
     */
    cpu?: string;
    /**
     * Memory.
     */
    memory?: string;
  };
  /**
   * A secret of the cluster that holds the key clients must send. Its value stays in the cluster.
   */
  'api-key'?: {
    /**
     * Name of the secret.
     */
    name: string;
    /**
     * Key in it.
     */
    key?: string;
  };
  /**
   * Namespaces that may ask the model, besides its own.
   *
   * Items: Namespace.
   */
  from?: string[];
  /**
   * Seconds in which a pod that goes finishes what it was asked.
   */
  drain?: number;
  /**
   * Seconds in which the roll-out must be done; else it is undone.
   */
  patience?: number;
}
/**
 * The image that holds server and model.
 */
export interface ImageSettings {
  /**
   * Where the image is pushed: host and name, in small letters, without a tag. The version becomes the tag.
   */
  repository: string;
  /**
   * An image with Node to build upon. Without it Node comes from this machine (Linux only).
   */
  base?: string;
  /**
   * User and password of the registry, by name. Without it what `podman login` or `docker login` left, and for the registries of AWS and Google their own credentials.
   */
  credentials?: {
    username: Secret;
    password: Secret;
  };
}
/**
 * An endpoint of Amazon SageMaker.
 */
export interface SageMakerTarget {
  /**
   * Amazon SageMaker.
   */
  kind: 'sagemaker';
  /**
   * Region.
   */
  region: string;
  /**
   * Name of the endpoint. Without it the target’s.
   */
  'endpoint-name'?: string;
  /**
   * Role that the endpoint runs as.
   */
  role: string;
  image: ImageSettings;
  /**
   * Kind of the machines.
   */
  instance?: string;
  /**
   * How many machines; more as they get busy.
   */
  instances?: {
    /**
     * Fewest.
     */
    min?: number;
    /**
     * Most. Without it there is no autoscaling.
     */
    max?: number;
    /**
     * Requests a minute and machine at which there are more.
     */
    requests?: number;
  };
  /**
   * Alarms that take an update back by themselves.
   *
   * @maxItems 10
   *
   * Items: Name of a CloudWatch alarm.
   */
  alarms?:
    | []
    | [string]
    | [string, string]
    | [string, string, string]
    | [string, string, string, string]
    | [string, string, string, string, string]
    | [string, string, string, string, string, string]
    | [string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string]
    | [string, string, string, string, string, string, string, string, string, string];
  /**
   * Percent of the traffic that a new version gets first.
   */
  canary?: number;
  /**
   * Seconds for which the canary, then the whole, is watched before the former machines go.
   */
  bake?: number;
  /**
   * Seconds in which the endpoint must be in service.
   */
  patience?: number;
  /**
   * Another address of the service, for tests.
   */
  endpoint?: string;
}
/**
 * An endpoint of Google Vertex AI.
 */
export interface VertexTarget {
  /**
   * Google Vertex AI.
   */
  kind: 'vertex-ai';
  /**
   * Project.
   */
  project: string;
  /**
   * Location.
   */
  location: string;
  /**
   * Id of the endpoint. Without it the target’s name.
   */
  'endpoint-id'?: string;
  image: ImageSettings;
  /**
   * Kind of the machines.
   */
  machine?: string;
  /**
   * How many machines.
   */
  replicas?: {
    /**
     * Fewest.
     */
    min?: number;
    /**
     * Most.
     */
    max?: number;
  };
  /**
   * Percent of the traffic that the new version gets; the rest stays with the former one.
   */
  traffic?: number;
  /**
   * Account that the machines run as.
   */
  'service-account'?: string;
  /**
   * Seconds in which it must be deployed.
   */
  patience?: number;
  /**
   * Another address of the service, for tests.
   */
  endpoint?: string;
}
/**
 * An online endpoint of Azure Machine Learning.
 */
export interface AzureTarget {
  /**
   * Azure Machine Learning.
   */
  kind: 'azure-ml';
  /**
   * Id of the subscription.
   */
  subscription: string;
  /**
   * Resource group.
   */
  'resource-group': string;
  /**
   * Workspace.
   */
  workspace: string;
  /**
   * Location.
   */
  location: string;
  /**
   * Name of the endpoint. Without it the target’s.
   */
  'endpoint-name'?: string;
  image: ImageSettings;
  /**
   * Kind of the machines.
   */
  instance?: string;
  /**
   * How many machines.
   */
  instances?: number;
  /**
   * Percent of the traffic that the new version gets; the rest stays with the former one.
   */
  traffic?: number;
  /**
   * How clients say who they are.
   */
  auth?: 'Key' | 'AADToken';
  /**
   * Seconds in which it must be deployed.
   */
  patience?: number;
  /**
   * Another address of the service, for tests.
   */
  endpoint?: string;
}
/**
 * Where models are deployed. Holds no credentials, only their names.
 */
export interface Targets {
  /**
   * Version of the format. Always 1.
   */
  lifecycle: 1;
  /**
   * The targets by name.
   */
  targets: {
    [k: string]: DeploymentTarget;
  };
}
/**
 * `bundle.json` of a bundle folder. Beside it model.onnx, model.json, metrics.json, lineage.json, example.json (an Open Inference Protocol request) and MODEL_CARD.md.
 */
export interface Bundle {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Name in the registry.
   */
  name: string;
  digest: Sha256;
  task: Task;
  /**
   * Version of the engine that made it.
   */
  engine?: string;
  /**
   * What it needs to run: packages and versions, opset.
   */
  runtime?: {
    [k: string]: string;
  };
  /**
   * Every other file with its checksum; verified at each load.
   *
   * Items: One file.
   */
  files: {
    /**
     * Path.
     */
    path: string;
    sha256: Sha256;
    /**
     * Size.
     */
    bytes: number;
  }[];
}
/**
 * One column and what the training split shows of it.
 */
export interface DatasetColumn {
  /**
   * Name.
   */
  name: string;
  type: ColumnType;
  /**
   * Type in DuckDB.
   */
  sql?: string;
  /**
   * Roles.
   */
  roles: ('feature' | 'target' | 'id' | 'sensitive' | 'excluded' | 'time' | 'group')[];
  /**
   * Values present.
   */
  count?: number;
  /**
   * Values missing.
   */
  missing?: number;
  /**
   * Distinct values (estimated above 100 000).
   */
  distinct?: number;
  /**
   * Smallest.
   */
  min?: number | string | null;
  /**
   * Largest.
   */
  max?: number | string | null;
  /**
   * Mean.
   */
  mean?: number | null;
  /**
   * Standard deviation.
   */
  std?: number | null;
  /**
   * Quantiles 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99.
   */
  quantiles?: number[];
  /**
   * Twenty bins of equal width.
   */
  histogram?: {
    /**
     * Edges.
     */
    edges: number[];
    /**
     * Counts.
     */
    counts: number[];
  };
  /**
   * Most frequent values (at most 100) with counts, for text, boolean and few-valued numbers.
   *
   * Items: One value.
   */
  categories?: {
    value: Scalar;
    /**
     * Rows.
     */
    count: number;
  }[];
  /**
   * The text holds the pixels of an image: two hexadecimal digits a value, row by row.
   */
  image?: {
    /**
     * Rows of pixels.
     */
    height: number;
    /**
     * Pixels a row.
     */
    width: number;
    /**
     * Values a pixel: 1 grey, 3 red, green and blue.
     */
    channels: 1 | 3;
  };
  /**
   * Of images: how large the files of the source are, before they are resized, smallest first.
   */
  sizes?: {
    /**
     * Widths of the files in pixels.
     *
     * Items: Pictures of one width.
     */
    width: {
      /**
       * Pixels.
       */
      pixels: number;
      /**
       * Pictures.
       */
      count: number;
    }[];
    /**
     * Heights of the files in pixels.
     *
     * Items: Pictures of one height.
     */
    height: {
      /**
       * Pixels.
       */
      pixels: number;
      /**
       * Pictures.
       */
      count: number;
    }[];
  };
  /**
   * Lengths of free texts (more than 100 different ones), in characters.
   */
  length?: {
    /**
     * Mean.
     */
    mean: number;
    /**
     * Longest.
     */
    max: number;
  };
  /**
   * Words of a text that a `bag-of-words` or `tokenize` step reads.
   */
  words?: {
    /**
     * Mean number a text.
     */
    mean: number;
    /**
     * Most in a text.
     */
    max: number;
    /**
     * Different words.
     */
    distinct: number;
  };
}
/**
 * `dataset.json` of a data stage's artifact. Beside it: `SPLIT.parquet` (raw columns after the row steps), `SPLIT.features.parquet` (one column a feature: FLOAT, or BOOLEAN where it is 0 or 1; then `__label` as FLOAT), `preprocess.onnx` (raw columns to `features` [N, F] float32). The rows of both files of a split are in the same order.
 */
export interface Dataset {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Raw columns after the row steps.
   */
  columns: DatasetColumn[];
  /**
   * Names of the raw columns that the served model takes, in order.
   */
  inputs?: string[];
  /**
   * What is predicted.
   */
  target?: {
    /**
     * Name of the target column.
     */
    column: string;
    task: Task;
    /**
     * Classes in order of their index in `__label` and in the model's output. For a binary task [negative, positive].
     */
    classes?: Scalar[];
  };
  /**
   * Splits by name: train, validation, test.
   */
  splits: {
    /**
     * One split.
     */
    [k: string]: {
      /**
       * Rows.
       */
      rows: number;
      /**
       * Rows of each class.
       */
      classes?: number[];
    };
  };
  /**
   * Rows before and after the row steps.
   */
  rows?: {
    /**
     * Rows read.
     */
    read?: number;
    /**
     * Rows kept.
     */
    kept?: number;
    /**
     * What each row step removed.
     *
     * Items: One step.
     */
    steps?: {
      /**
       * The step.
       */
      step: string;
      /**
       * Rows it removed.
       */
      removed: number;
    }[];
  };
  /**
   * Names of the features in order, for example `contract=One year`.
   */
  features: string[];
  /**
   * The fitted feature steps with their learnt statistics.
   *
   * Items: A fitted step.
   */
  steps?: {
    [k: string]: unknown;
  }[];
  /**
   * Expectations and how they came out.
   *
   * Items: One expectation.
   */
  expectations?: {
    /**
     * The expectation in words.
     */
    expectation: string;
    /**
     * Whether it held.
     */
    passed: boolean;
    /**
     * Rows that broke it.
     */
    broken: number;
  }[];
  written?: Written;
}
/**
 * One line of the deployments ledger: append-only, each entry chained to the one before by its hash.
 */
export interface DeploymentEntry {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Number of the entry, from 1.
   */
  sequence: number;
  /**
   * When.
   */
  time: string;
  /**
   * What was done. `rollout` begins one: the live version stays. `promote` ends it well, `rollback` with `candidate` badly.
   */
  action: 'deploy' | 'rollback' | 'stop' | 'rollout' | 'promote';
  /**
   * Name of the target.
   */
  target: string;
  /**
   * Kind of the target.
   */
  kind: string;
  /**
   * Deploy stage.
   */
  stage?: string;
  /**
   * Pipeline.
   */
  pipeline?: string;
  /**
   * Name of the model.
   */
  model: string;
  /**
   * Version that is live after this entry.
   */
  version: number;
  digest: Sha256;
  /**
   * The version that a roll-out tries.
   */
  candidate?: {
    /**
     * Version.
     */
    version: number;
    digest: Sha256;
  };
  /**
   * How it takes over: canary, blue-green, shadow or ab.
   */
  strategy?: string;
  /**
   * Id of the roll-out.
   */
  rollout?: string;
  /**
   * Run that deployed it.
   */
  run?: string;
  /**
   * Where it is served.
   */
  url?: string;
  /**
   * File it wrote.
   */
  output?: string;
  /**
   * User and machine.
   */
  by: string;
  /**
   * Why (of a rollback or the end of a roll-out).
   */
  reason?: string;
  /**
   * Hash of the entry before, or 64 zeros.
   */
  previous: string;
  hash: Sha256;
  /**
   * Image that holds the model, by digest.
   */
  image?: string;
}
/**
 * One column.
 */
export interface FeatureDrift {
  /**
   * Column, or what is measured of one: `note.length`.
   */
  column: string;
  /**
   * Of a measure: the column of texts or images that it is measured of.
   */
  of?: string;
  type: ColumnType;
  /**
   * Method that decided.
   */
  method: string;
  /**
   * Its statistic.
   */
  statistic: number | null;
  /**
   * Threshold of the statistic.
   */
  threshold?: number;
  /**
   * p-value, where the method has one.
   */
  'p-value'?: number;
  /**
   * After Benjamini–Hochberg.
   */
  'adjusted-p-value'?: number;
  /**
   * Whether it drifted.
   */
  drifted: boolean;
  /**
   * All statistics that suit the type: psi, ks, ks-p, chi2, chi2-p, cramers-v, jensen-shannon, wasserstein, hellinger, total-variation, l-infinity, missing-reference, missing-current, and missing-p where values are missing.
   */
  statistics: {
    [k: string]: number | null;
  };
  /**
   * For example new categories or values outside the training range.
   */
  note?: string;
  /**
   * Least and greatest value of the reference, of numbers.
   *
   * @minItems 2
   * @maxItems 2
   */
  range?: [number, number];
  /**
   * Shares on the same bins.
   */
  bins?: {
    /**
     * Labels.
     */
    labels: string[];
    /**
     * Edges for numbers, one more than bins; the outermost hold both samples.
     */
    edges?: number[];
    /**
     * Shares of the reference.
     */
    reference: number[];
    /**
     * Shares of the window.
     */
    current: number[];
  };
  /**
   * Effect size beside the p-value.
   */
  effect?: {
    /**
     * Statistic.
     */
    name: string;
    /**
     * Its value.
     */
    value: number | null;
    /**
     * By the published levels of the statistic.
     */
    level: 'none' | 'small' | 'large';
  };
  /**
   * Why this method decided, for example "auto: 5,000 rows, so an effect size decides".
   */
  because?: string;
  /**
   * Values that break what the training data showed: missing, new category, outside the range, wrong type.
   *
   * Items: One kind of violation.
   */
  violations?: {
    /**
     * Kind.
     */
    kind: 'missing' | 'new-category' | 'out-of-range' | 'wrong-type';
    /**
     * Values.
     */
    count: number;
    /**
     * Their share of the rows.
     */
    share: number;
    /**
     * Some of them.
     *
     * Items: A value.
     */
    examples?: string[];
  }[];
  /**
   * Set when the column drifted but a person said that it is known: who and why. It does not count then.
   */
  suppressed?: string;
  /**
   * Mean and standard deviation on both sides, for numbers.
   */
  moments?: {
    /**
     * Mean of the reference.
     */
    'reference-mean'?: number | null;
    /**
     * Mean of the window.
     */
    'current-mean'?: number | null;
    /**
     * Standard deviation of the reference.
     */
    'reference-deviation'?: number | null;
    /**
     * Standard deviation of the window.
     */
    'current-deviation'?: number | null;
  };
  /**
   * The column has too many distinct values to count each: the KS statistic may be low by at most so much.
   */
  bound?: number;
}
/**
 * One part of the window.
 */
export interface DriftWindow {
  /**
   * Begin, inclusive.
   */
  from: string;
  /**
   * End, exclusive.
   */
  to: string;
  /**
   * Rows.
   */
  rows: number;
  /**
   * The verdict.
   */
  verdict: 'stable' | 'drift' | 'too-few-rows';
  /**
   * Drifted columns.
   */
  count: number;
  /**
   * Their share.
   */
  share: number;
  /**
   * By column.
   */
  columns: {
    /**
     * One column in this part.
     */
    [k: string]: {
      /**
       * Effect size: Jensen–Shannon distance on the bins of the reference (deciles of numbers).
       */
      statistic: number | null;
      /**
       * χ² test on the bins of the reference.
       */
      'p-value'?: number | null;
      /**
       * After Benjamini–Hochberg over columns and windows.
       */
      'adjusted-p-value'?: number | null;
      /**
       * Share of missing values.
       */
      missing?: number;
      /**
       * Mean, for numbers.
       */
      mean?: number | null;
      /**
       * Whether it drifted.
       */
      drifted: boolean;
    };
  };
  /**
   * The predictions in this part.
   */
  prediction?: {
    /**
     * Effect size.
     */
    statistic: number | null;
    /**
     * p-value.
     */
    'p-value'?: number | null;
    /**
     * Adjusted p-value.
     */
    'adjusted-p-value'?: number | null;
    /**
     * Mean prediction, or of P(positive).
     */
    mean?: number | null;
    /**
     * Whether they drifted.
     */
    drifted: boolean;
  };
}
/**
 * One slice of the rows.
 */
export interface DriftSlice {
  /**
   * As a condition, for example `contract = "monthly"` or `tenure > 30`.
   */
  slice: string;
  /**
   * Column that cuts it out.
   */
  column: string;
  /**
   * Rows in the window.
   */
  rows: number;
  /**
   * Share of the rows in the window.
   */
  share: number | null;
  /**
   * Share of the rows of the reference.
   */
  'reference-share'?: number | null;
  /**
   * Share of the drift (sum of squared Jensen–Shannon distances over the columns) that is found in this slice beyond its share of the rows; at most 1.
   */
  explains: number;
  /**
   * Mean Jensen–Shannon distance of the other columns inside the slice.
   */
  'drift-inside'?: number | null;
  /**
   * The same outside.
   */
  'drift-outside'?: number | null;
  /**
   * Columns that changed most inside it.
   *
   * Items: Column.
   */
  columns?: string[];
  /**
   * The slice as a row filter of the expression language.
   */
  condition?: string;
  /**
   * Smallest adjusted p-value inside the slice.
   */
  'p-value'?: number | null;
}
/**
 * A classifier that tries to tell the rows of the window from those of the reference: sees what no single column shows, such as correlations that broke.
 */
export interface DomainClassifier {
  /**
   * AUC on rows it was not trained on; 0.5: they can not be told apart.
   */
  auc: number;
  /**
   * Lower end of the 95 % interval.
   */
  low?: number;
  /**
   * Upper end of the 95 % interval.
   */
  high?: number;
  /**
   * One-sided: that the AUC is 0.5.
   */
  'p-value'?: number | null;
  /**
   * Rows of each side.
   */
  rows: number;
  /**
   * Whether the lower end of its interval is above the threshold.
   */
  drifted: boolean;
  /**
   * AUC from which it counts.
   */
  threshold?: number;
  /**
   * What gives the difference away, most important first.
   *
   * Items: One column.
   */
  columns: {
    /**
     * Column.
     */
    column: string;
    /**
     * Share of the gain.
     */
    importance: number;
  }[];
}
/**
 * How good the model is, as far as labels arrived; estimated where they have not.
 */
export interface LivePerformance {
  /**
   * Rows that were predicted.
   */
  rows: number;
  /**
   * Rows whose label is known.
   */
  labelled: number;
  /**
   * Labels for requests that are not in the log.
   */
  unknown?: number;
  /**
   * Labels that were given again with another value; the last one counts.
   */
  changed?: number;
  /**
   * Metrics on the labelled rows.
   */
  metrics?: {
    [k: string]: MetricEstimate;
  };
  /**
   * The same metrics on the test split when the model was chosen.
   */
  reference?: {
    /**
     * Value.
     */
    [k: string]: number;
  };
  /**
   * Estimated without labels, from the confidence of the predictions (CBPE), on all rows.
   */
  estimated?: {
    [k: string]: MetricEstimate;
  };
  /**
   * Over time, oldest first.
   *
   * Items: One part of the window.
   */
  windows?: {
    /**
     * Begin.
     */
    from: string;
    /**
     * End.
     */
    to: string;
    /**
     * Rows.
     */
    rows: number;
    /**
     * Labelled rows.
     */
    labelled: number;
    /**
     * Metrics on the labelled rows.
     */
    metrics?: {
      [k: string]: MetricEstimate;
    };
    /**
     * Estimated without labels.
     */
    estimated?: {
      [k: string]: MetricEstimate;
    };
  }[];
  /**
   * By slice, the worst first.
   *
   * Items: One slice.
   */
  slices?: {
    /**
     * As a condition.
     */
    slice: string;
    /**
     * Labelled rows.
     */
    rows: number;
    /**
     * Metrics.
     */
    metrics: {
      [k: string]: MetricEstimate;
    };
  }[];
  /**
   * Change points of the error over the labelled rows in the order of time.
   *
   * Items: One change point.
   */
  changes?: {
    /**
     * Detector.
     */
    detector: 'ddm' | 'adwin' | 'page-hinkley' | 'control-chart';
    /**
     * Labelled row at which it was noticed, from 1.
     */
    row: number;
    /**
     * Time of that request.
     */
    time: string;
    /**
     * What it says.
     */
    level?: 'warning' | 'drift';
    /**
     * Error rate (or mean absolute error) before.
     */
    before?: number;
    /**
     * Since.
     */
    after?: number;
  }[];
}
/**
 * A metric with its 95 % interval.
 */
export interface MetricEstimate {
  /**
   * Value.
   */
  value: number | null;
  /**
   * Lower end.
   */
  low?: number | null;
  /**
   * Upper end.
   */
  high?: number | null;
}
/**
 * What the server says of itself since it began, or its log of the window.
 */
export interface ServiceFigures {
  /**
   * Requests in the window.
   */
  requests?: number;
  /**
   * Requests a minute.
   */
  'per-minute'?: number | null;
  /**
   * Answers with an error of the server (5xx).
   */
  errors?: number;
  /**
   * Their share.
   */
  'error-rate'?: number | null;
  /**
   * Median latency, seconds.
   */
  p50?: number | null;
  /**
   * 95th percentile, seconds.
   */
  p95?: number | null;
  /**
   * 99th percentile, seconds.
   */
  p99?: number | null;
  latency?: Latency;
  /**
   * Processor seconds a second.
   */
  cpu?: number | null;
  /**
   * Resident bytes.
   */
  memory?: number | null;
  /**
   * Requests that wait.
   */
  queue?: number | null;
  /**
   * Time of the last request.
   */
  last?: string;
  /**
   * The versions that were asked, each by itself: more than one while a roll-out goes on.
   */
  versions?: VersionFigures[];
}
/**
 * What the server says of one version since the last report.
 */
export interface VersionFigures {
  /**
   * Name of the model.
   */
  model: string;
  /**
   * Its version.
   */
  version: string;
  /**
   * Requests that it was asked.
   */
  requests: number;
  /**
   * Rows that it predicted.
   */
  rows?: number;
  /**
   * Requests a minute.
   */
  'per-minute'?: number | null;
  /**
   * Requests that it failed to answer.
   */
  errors?: number;
  /**
   * Their share.
   */
  'error-rate'?: number | null;
  /**
   * Median of the seconds from being asked to its answer.
   */
  p50?: number | null;
  /**
   * 95th percentile of them.
   */
  p95?: number | null;
  /**
   * 99th percentile of them.
   */
  p99?: number | null;
  latency?: Latency;
}
/**
 * One alert.
 */
export interface AlertState {
  /**
   * Name of the rule.
   */
  rule: string;
  /**
   * `pending`: the condition holds, but not long enough; `silenced`: a person silenced it.
   */
  state: 'pending' | 'firing' | 'resolved' | 'silenced';
  /**
   * Severity.
   */
  severity: 'info' | 'warning' | 'critical';
  /**
   * What is wrong, with the figures.
   */
  message: string;
  /**
   * Since when the condition holds, or when it was resolved.
   */
  since: string;
  /**
   * Of a resolved one: since when it held.
   */
  began?: string;
  /**
   * The condition.
   */
  when?: string;
  /**
   * The figures in the condition.
   */
  values?: {
    /**
     * Value.
     */
    [k: string]: number | null;
  };
  /**
   * Place in the stage.
   *
   * Items: Step.
   */
  path?: (string | number)[];
  /**
   * Columns it is about.
   *
   * Items: Column.
   */
  columns?: string[];
  /**
   * Alerts of one group are sent as one message.
   */
  group?: string;
  /**
   * Whether it was sent with this report.
   */
  told?: boolean;
  /**
   * Who silenced it, and why.
   */
  by?: string;
}
/**
 * One decision.
 */
export interface AppliedDecision {
  /**
   * What was decided.
   */
  action: 'acknowledge' | 'suppress' | 'silence' | 'accept-reference' | 'lift';
  /**
   * When.
   */
  time: string;
  /**
   * Who.
   */
  by: string;
  /**
   * Why.
   */
  reason: string;
  /**
   * Columns.
   *
   * Items: Column.
   */
  columns?: string[];
  /**
   * Rule of an alert.
   */
  rule?: string;
  /**
   * Until when it holds.
   */
  until?: string;
}
/**
 * `drift.json` of a monitor stage's artifact.
 */
export interface DriftReport {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * When it was made.
   */
  created: string;
  /**
   * What is watched.
   */
  deployment: {
    /**
     * Target.
     */
    target: string;
    /**
     * Model.
     */
    model: string;
    /**
     * Version.
     */
    version: number;
  };
  /**
   * The reference, for example `customers.train`.
   */
  reference: string;
  /**
   * Rows compared.
   */
  rows: {
    /**
     * Rows of the reference.
     */
    reference: number;
    /**
     * Rows of the window.
     */
    current: number;
    /**
     * Log lines that could not be read.
     */
    skipped?: number;
    /**
     * Requests met twice (same id); they count once.
     */
    duplicates?: number;
    /**
     * Requests logged with a time before the window; they are left out.
     */
    late?: number;
    /**
     * Rows of a log whose time is more than five minutes ahead of this machine's clock; they are left out.
     */
    future?: number;
    /**
     * Rows of a log without a time; they are left out.
     */
    undated?: number;
  };
  /**
   * Time of the first and last request.
   */
  window?: {
    /**
     * First.
     */
    from?: string;
    /**
     * Last.
     */
    to?: string;
  };
  /**
   * The verdict.
   */
  verdict: 'stable' | 'drift' | 'too-few-rows';
  /**
   * Drifted features; the prediction is not one of them.
   */
  drift: {
    /**
     * How many.
     */
    count: number;
    /**
     * Their share.
     */
    share: number;
  };
  /**
   * Whether retraining is due.
   */
  retrain?: {
    /**
     * Whether the condition holds.
     */
    due: boolean;
    /**
     * The condition.
     */
    when: string;
    /**
     * Why, or why not: the figures of the condition.
     */
    reason?: string;
  };
  /**
   * Features, the drifted first.
   */
  features: FeatureDrift[];
  prediction?: FeatureDrift;
  /**
   * How `auto` chose between tests and effect sizes, in words.
   */
  method?: string;
  /**
   * What is worth knowing of the comparison as a whole: few rows, a reference of one season, suppressed columns.
   *
   * Items: One sentence.
   */
  notes?: string[];
  /**
   * The same comparison for parts of the window, oldest first; p-values are adjusted over columns and windows together. Empty when there is only one.
   */
  windows?: DriftWindow[];
  /**
   * Values of categories and ranges of numbers whose rows changed most, ranked by how much of the drift goes away without them.
   */
  slices?: DriftSlice[];
  domain?: DomainClassifier;
  performance?: LivePerformance;
  service?: ServiceFigures;
  /**
   * Alerts that are pending, firing, silenced, or were resolved by this report.
   */
  alerts?: AlertState[];
  /**
   * Decisions of people that this report follows.
   */
  decisions?: AppliedDecision[];
  /**
   * Every figure that conditions of alerts and retraining may name, for example `drift.share`.
   */
  values?: {
    /**
     * The value; null when it is not known.
     */
    [k: string]: number | null;
  };
  /**
   * Maximum mean discrepancy of all columns together.
   */
  mmd?: {
    /**
     * MMD², unbiased: about 0 without a difference.
     */
    statistic: number;
    /**
     * Of the permutation test.
     */
    'p-value': number;
    /**
     * Drawn rows of each side.
     */
    rows: number;
    /**
     * σ of the Gaussian kernel, by the median heuristic.
     */
    bandwidth: number;
    /**
     * Permutations.
     */
    permutations: number;
    /**
     * Whether chance does not explain it, at the false-discovery rate.
     */
    drifted: boolean;
  };
}
/**
 * What a model looks at, on a random part of a split.
 */
export interface Explanation {
  /**
   * Split.
   */
  split: string;
  /**
   * Rows that were used.
   */
  rows: number;
  /**
   * Metric by which the permutation importance is told.
   */
  metric: string;
  /**
   * Value of the metric on these rows as they are.
   */
  score: number;
  /**
   * How often each column was shuffled.
   */
  repeats: number;
  /**
   * The columns that the model takes, the most important first.
   *
   * Items: One column.
   */
  permutation: {
    /**
     * Column.
     */
    column: string;
    /**
     * By how much the metric gets worse when the values of the column are shuffled among the rows, on average of the repeats. Below 0: it got better by chance.
     */
    importance: number;
    /**
     * Standard deviation over the repeats.
     */
    deviation: number;
  }[];
  shap?: ShapSummary;
}
/**
 * Exact Shapley values of a tree model (TreeSHAP, path-dependent), summed up over rows.
 */
export interface ShapSummary {
  /**
   * Rows that were used.
   */
  rows: number;
  /**
   * What the values add up to: the log-odds of the positive class, the score of each class before the softmax, a probability, the target, its logarithm, or what `target-transform` makes of it.
   */
  unit: 'log-odds' | 'score' | 'probability' | 'target' | 'log-target' | 'transformed-target';
  /**
   * The features inside the model, the most important first, at most 200.
   *
   * Items: One feature.
   */
  features: {
    /**
     * Feature.
     */
    feature: string;
    /**
     * Mean of |SHAP|: by how much the feature moves the answer on average. With more than two classes the mean over the classes.
     */
    mean: number;
    /**
     * Correlation of the feature's value with its SHAP value: near 1 where greater values raise the answer, near -1 where they lower it. Absent for more than two classes, and where either does not vary.
     */
    direction?: number;
  }[];
}
/**
 * One split.
 */
export interface SplitEvaluation {
  /**
   * Rows.
   */
  rows: number;
  /**
   * Metrics by name.
   */
  metrics: {
    [k: string]: number;
  };
  /**
   * 95 % intervals by metric.
   */
  intervals?: {
    /**
     * @minItems 2
     * @maxItems 2
     */
    [k: string]: [number, number];
  };
  /**
   * Confusion matrix, true class by row.
   */
  confusion?: number[][];
  roc?: Curve;
  pr?: Curve;
  /**
   * Calibration bins.
   *
   * Items: One bin.
   */
  calibration?: {
    /**
     * Mean probability.
     */
    predicted: number;
    /**
     * Share of positives.
     */
    observed: number;
    /**
     * Rows.
     */
    count: number;
  }[];
  /**
   * Histogram of prediction minus truth.
   */
  residuals?: {
    /**
     * Edges.
     */
    edges: number[];
    /**
     * Counts.
     */
    counts: number[];
  };
  /**
   * At most 500 rows of a regression, drawn by the seed.
   */
  scatter?: {
    /**
     * What was predicted, to six digits.
     */
    predicted: number[];
    /**
     * What was true, to six digits.
     */
    actual: number[];
  };
  /**
   * All rows of a regression in up to ten parts of about as many, by what was predicted. Equal predictions are in one part.
   *
   * Items: One part.
   */
  tenths?: {
    /**
     * Mean prediction.
     */
    predicted: number;
    /**
     * Mean truth.
     */
    observed: number;
    /**
     * Rows.
     */
    count: number;
  }[];
}
/**
 * A curve of at most 200 points: false and true positive rate, or recall and precision.
 */
export interface Curve {
  /**
   * Values along x.
   */
  x: number[];
  /**
   * Values along y.
   */
  y: number[];
  /**
   * Threshold at each point.
   */
  thresholds: (number | null)[];
}
/**
 * One protected attribute.
 */
export interface FairnessReport {
  /**
   * Column.
   */
  attribute: string;
  /**
   * The groups.
   *
   * Items: One group.
   */
  groups: {
    /**
     * Value.
     */
    group: string;
    /**
     * Rows.
     */
    rows: number;
    /**
     * Two classes: selection-rate, true-positive-rate, false-positive-rate, precision, accuracy. More classes: accuracy. Regression: mae, mean-error.
     */
    metrics: {
      [k: string]: number | null;
    };
    /**
     * 95 % Wilson intervals.
     */
    intervals?: {
      /**
       * @minItems 2
       * @maxItems 2
       */
      [k: string]: [number, number];
    };
    /**
     * For example that the group is small.
     */
    note?: string;
  }[];
  /**
   * Two classes: demographic-parity-difference, demographic-parity-ratio, equalized-odds-difference, equal-opportunity-difference. Else the difference of each rate between groups, for example `accuracy-difference`.
   */
  gaps: {
    [k: string]: number | null;
  };
}
/**
 * `evaluation.json` of an evaluate stage's artifact. Beside it the folder `best` with the chosen model.
 */
export interface Evaluation {
  /**
   * Version of the format.
   */
  format: 1;
  task: Task;
  /**
   * Classes in order.
   */
  classes?: Scalar[];
  /**
   * Name of the chosen candidate.
   */
  best: string;
  /**
   * How it was chosen.
   */
  'chosen-by': {
    /**
     * Metric.
     */
    metric: string;
    /**
     * Split.
     */
    split: string;
  };
  /**
   * Probability from which a prediction is positive.
   */
  threshold?: number;
  /**
   * What was measured of each candidate.
   *
   * Items: One candidate.
   */
  candidates: {
    /**
     * Name of the stage.
     */
    name: string;
    /**
     * Kind of the model.
     */
    kind: string;
    /**
     * Size of model.onnx.
     */
    bytes?: number;
    /**
     * Measurements by split: validation for every candidate, test for the best only.
     */
    splits: {
      [k: string]: SplitEvaluation;
    };
    explanation?: Explanation;
  }[];
  /**
   * Requirements and how they came out.
   *
   * Items: One requirement.
   */
  gates: {
    /**
     * Metric.
     */
    metric: string;
    /**
     * Measured value.
     */
    value: number | null;
    /**
     * The bound, for example `>= 0.82`.
     */
    bound: string;
    /**
     * Whether it holds.
     */
    passed: boolean;
  }[];
  /**
   * Groups of each protected attribute on the test split.
   */
  fairness?: FairnessReport[];
  /**
   * How many different models this stage has judged on this test split, this one included. Judging the same model again is no new look, so a repeated run gives the same number.
   */
  'looks-at-test'?: number;
}
/**
 * The run begins.
 */
export interface RunStarted {
  /**
   * Version of the event format.
   */
  format: 1;
  /**
   * ISO 8601 time in UTC with milliseconds.
   */
  time: string;
  /**
   * The run begins.
   */
  type: 'run-started';
  /**
   * Id of the run.
   */
  run: string;
  /**
   * Name of the pipeline.
   */
  pipeline: string;
  /**
   * The stages of the plan in order.
   *
   * Items: One planned stage.
   */
  stages: {
    /**
     * Name.
     */
    name: string;
    /**
     * Kind.
     */
    kind: string;
    /**
     * Stages it waits for.
     */
    after: string[];
  }[];
}
/**
 * A stage begins to execute.
 */
export interface StageStarted {
  /**
   * Time.
   */
  time: string;
  /**
   * A stage begins.
   */
  type: 'stage-started';
  /**
   * Name of the stage.
   */
  stage: string;
  fingerprint: Sha256;
  /**
   * Why it runs, for example `train.learning-rate 0.01 → 0.02`.
   */
  reason: string;
  /**
   * The device that it was given; without it the CPU.
   */
  device?: {
    /**
     * Kind, for example `cuda` or `webgpu`.
     */
    kind: string;
    /**
     * Name of the hardware.
     */
    name: string;
    /**
     * Number of the GPU, as `CUDA_VISIBLE_DEVICES` counts.
     */
    index?: number;
  };
}
/**
 * How far a stage is.
 */
export interface StageProgress {
  /**
   * Time.
   */
  time: string;
  /**
   * Progress of a stage.
   */
  type: 'stage-progress';
  /**
   * Name of the stage.
   */
  stage: string;
  /**
   * Done share of the whole stage.
   */
  fraction?: number;
  /**
   * What it is doing.
   */
  message?: string;
}
/**
 * One point of a series.
 */
export interface MetricLogged {
  /**
   * Time.
   */
  time: string;
  /**
   * One point of a series.
   */
  type: 'metric';
  /**
   * Name of the stage.
   */
  stage: string;
  /**
   * Name of the series, for example `loss` or `validation/loss`.
   */
  name: string;
  /**
   * Step of the series (optimisation step or round).
   */
  step: number;
  /**
   * Epoch.
   */
  epoch?: number;
  /**
   * The value; `NaN`, `Infinity` and `-Infinity` as text.
   */
  value: number | ('NaN' | 'Infinity' | '-Infinity');
}
/**
 * A training was kept on disk: after a crash it goes on from here.
 */
export interface CheckpointKept {
  /**
   * Time.
   */
  time: string;
  /**
   * A training was kept on disk.
   */
  type: 'checkpoint';
  /**
   * Name of the stage.
   */
  stage: string;
  /**
   * Optimisation steps done by then.
   */
  step: number;
  /**
   * Epoch that it was in, from 1.
   */
  epoch?: number;
}
/**
 * News of one trial of a search.
 */
export interface TrialTold {
  /**
   * Time.
   */
  time: string;
  /**
   * News of a trial.
   */
  type: 'trial';
  /**
   * Name of the stage that searches.
   */
  stage: string;
  /**
   * Number of the trial, from 1.
   */
  trial: number;
  /**
   * How far it is; `stopped` by the pruning rule.
   */
  state: 'running' | 'finished' | 'stopped' | 'failed';
  /**
   * Its settings by place in the stage.
   */
  values: {
    [k: string]: Scalar;
  };
  /**
   * Metric that it is judged by.
   */
  metric?: string;
  /**
   * Value of the metric, at its end or where it was stopped.
   */
  score?: number;
  /**
   * Epochs, rounds or folds that it trained.
   */
  steps?: number;
  /**
   * Whether it is the best so far.
   */
  best?: boolean;
  /**
   * Id of its own run.
   */
  run?: string;
  /**
   * Why it failed.
   */
  message?: string;
}
/**
 * A message to the user.
 */
export interface Log {
  /**
   * Time.
   */
  time: string;
  /**
   * A message.
   */
  type: 'log';
  /**
   * Name of the stage.
   */
  stage?: string;
  /**
   * Level; `output` is a line that a program printed.
   */
  level: 'debug' | 'info' | 'warning' | 'error' | 'output';
  /**
   * The message.
   */
  message: string;
  /**
   * Stable code of the problem.
   */
  code?: string;
  /**
   * The way out.
   */
  hint?: string;
  /**
   * File it is about, relative to the project root.
   */
  file?: string;
  /**
   * Line in the file, from 1.
   */
  line?: number;
  /**
   * Column in the line, from 1.
   */
  column?: number;
  /**
   * Place in the stage, for example [model, layers, 2].
   */
  path?: (string | number)[];
}
/**
 * A stage was not executed because the same inputs gave a result before.
 */
export interface StageReused {
  /**
   * Time.
   */
  time: string;
  /**
   * A stage was reused.
   */
  type: 'stage-reused';
  /**
   * Name of the stage.
   */
  stage: string;
  fingerprint: Sha256;
  /**
   * Id of the run that made the result.
   */
  from: string;
  metrics?: HeadlineMetrics;
  /**
   * One line about the result.
   */
  summary?: string;
}
/**
 * Headline metrics by name, for example `auc` or `validation/auc`.
 */
export interface HeadlineMetrics {
  [k: string]: number;
}
/**
 * A stage succeeded.
 */
export interface StageFinished {
  /**
   * Time.
   */
  time: string;
  /**
   * A stage succeeded.
   */
  type: 'stage-finished';
  /**
   * Name of the stage.
   */
  stage: string;
  /**
   * Wall-clock seconds.
   */
  seconds: number;
  metrics?: HeadlineMetrics;
  /**
   * One line about the result.
   */
  summary?: string;
}
/**
 * A stage failed.
 */
export interface StageFailed {
  /**
   * Time.
   */
  time: string;
  /**
   * A stage failed.
   */
  type: 'stage-failed';
  /**
   * Name of the stage.
   */
  stage: string;
  /**
   * Wall-clock seconds.
   */
  seconds?: number;
  error: Problem;
}
/**
 * A problem, in plain language.
 */
export interface Problem {
  /**
   * Stable code.
   */
  code: string;
  /**
   * What is wrong.
   */
  message: string;
  /**
   * The way out.
   */
  hint?: string;
  /**
   * File it is about, relative to the project root.
   */
  file?: string;
  /**
   * Line from 1.
   */
  line?: number;
  /**
   * Column in the line, from 1.
   */
  column?: number;
  /**
   * Place in the stage.
   */
  path?: (string | number)[];
  /**
   * Further lines, for example the offending rows.
   */
  details?: string[];
}
/**
 * A stage was not executed.
 */
export interface StageSkipped {
  /**
   * Time.
   */
  time: string;
  /**
   * A stage was not executed.
   */
  type: 'stage-skipped';
  /**
   * Name of the stage.
   */
  stage: string;
  /**
   * Why, for example `trees failed`.
   */
  reason: string;
}
/**
 * A stage, or without `stage` the whole run, began to rest, went on, or will end early because the user asked for it.
 */
export interface ControlChanged {
  /**
   * Time.
   */
  time: string;
  /**
   * A wish of the user was heard.
   */
  type: 'control';
  /**
   * Name of the stage; without it the run, which begins no new stage while it rests.
   */
  stage?: string;
  /**
   * `paused` rests and keeps its memory, `finishing` ends after this epoch and keeps what it learnt.
   */
  state: 'running' | 'paused' | 'finishing';
}
/**
 * The run ends.
 */
export interface RunFinished {
  /**
   * Time.
   */
  time: string;
  /**
   * The run ends.
   */
  type: 'run-finished';
  /**
   * How it ended.
   */
  status: 'succeeded' | 'failed' | 'cancelled';
  /**
   * Wall-clock seconds.
   */
  seconds: number;
}
/**
 * One line of `.lifecycle/deployments/<target>/feedback/<yyyy-mm-dd>.jsonl` (the day in UTC): what turned out to be true of a request that a model answered before. The model server writes it at `POST /feedback`; a later line about the same request replaces an earlier one.
 */
export interface Feedback {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * ISO 8601 time in UTC with milliseconds, at which it came.
   */
  time: string;
  /**
   * Id of the request, as in the header `x-request-id` of its answer and in the request log.
   */
  id: string;
  /**
   * What came true, one value for each row of the request: a class as in model.json, or a number; null where it is not known.
   */
  actual?: Scalar[];
  /**
   * What the answer was worth to the business.
   */
  value?: number;
}
/**
 * One line of `labels.jsonl`: what somebody calls a run. Later lines change what earlier ones said of the same run; the run's own files stay as they are.
 */
export interface RunLabel {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Id of the run.
   */
  run: string;
  /**
   * When it was said.
   */
  time: string;
  /**
   * A name for people; empty for none.
   */
  name?: string;
  /**
   * Whether it is starred.
   */
  star?: boolean;
  /**
   * All tags of the run.
   *
   * @maxItems 50
   */
  tags?: string[];
  /**
   * Free text; empty for none.
   */
  note?: string;
  /**
   * Whether lists leave it out unless asked.
   */
  hidden?: boolean;
}
/**
 * A stage's kept result, stored under its fingerprint.
 */
export interface StageManifest {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Kind of the stage.
   */
  kind: string;
  fingerprint: Sha256;
  /**
   * Every input of the fingerprint by a readable name (`config.model.trees`, `file data/a.csv`, `customers`) with its value or hash; tells why a stage re-runs.
   */
  inputs: {
    [k: string]: string;
  };
  artifact: Sha256;
  /**
   * Files of the artifact folder.
   *
   * Items: One file.
   */
  files: {
    /**
     * Path in the artifact, with forward slashes.
     */
    path: string;
    sha256: Sha256;
    /**
     * Size.
     */
    bytes: number;
  }[];
  /**
   * Hash of each named output (`train`, `best`); changes only when that output's content does.
   */
  outputs: {
    [k: string]: Sha256;
  };
  /**
   * Headline metrics.
   */
  metrics: {
    [k: string]: number;
  };
  /**
   * One line about the result.
   */
  summary?: string;
  /**
   * Warnings, shown again when the result is reused.
   */
  warnings?: Problem[];
  /**
   * Run that made it.
   */
  run: string;
  /**
   * Name of the stage then.
   */
  stage: string;
  /**
   * When.
   */
  created: string;
  /**
   * How long it took.
   */
  seconds: number;
}
/**
 * `model.json` of a model folder. Beside it `model.onnx`: raw columns in (one input a column, [N, 1]; numbers and booleans float32 with NaN for missing, text string with empty for missing), and out `probabilities` [N, C] float32 for classification or `prediction` [N, 1] float32 for regression.
 */
export interface ModelInfo {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * linear, boosted-trees, network or command.
   */
  kind: string;
  task: Task;
  /**
   * Name of the target column.
   */
  target?: string;
  /**
   * Classes in the order of `probabilities`; for a binary task [negative, positive].
   */
  classes?: Scalar[];
  /**
   * Probability from which a two-class prediction is positive.
   */
  threshold?: number;
  /**
   * Inputs of the served model in order.
   *
   * Items: One raw column.
   */
  inputs: {
    /**
     * Name of the column and of the graph's input.
     */
    name: string;
    type: ColumnType;
    /**
     * Whether training saw no missing value in it.
     */
    required?: boolean;
    /**
     * Whether the data stage lists it as `sensitive`: a model server does not log its values.
     */
    sensitive?: boolean;
    /**
     * Smallest value in training.
     */
    min?: number;
    /**
     * Largest value in training.
     */
    max?: number;
    /**
     * Values seen in training, where there are at most 100.
     */
    categories?: Scalar[];
    /**
     * The text holds the pixels of an image: two hexadecimal digits a value, row by row. A model server also takes a PNG or JPEG file in base64.
     */
    image?: {
      /**
       * Rows of pixels.
       */
      height: number;
      /**
       * Pixels a row.
       */
      width: number;
      /**
       * Values a pixel: 1 grey, 3 red, green and blue.
       */
      channels: 1 | 3;
    };
    example?: Scalar;
  }[];
  /**
   * Outputs of the served model.
   *
   * Items: One output.
   */
  outputs: {
    /**
     * Name.
     */
    name: string;
    /**
     * Element type.
     */
    type: string;
    /**
     * Shape, for example [N, 2].
     */
    shape: (number | string)[];
  }[];
  /**
   * Names of the features inside.
   */
  features?: string[];
  /**
   * How the target was transformed for training. The served graph turns its answers back.
   */
  targetTransform?: {
    /**
     * The transform; `log` is log(1 + target).
     */
    kind: 'log' | 'sqrt' | 'box-cox' | 'yeo-johnson';
    /**
     * Power of `box-cox` and `yeo-johnson`.
     */
    lambda?: number;
    /**
     * Mean of the training target after the power; it is taken off.
     */
    mean?: number;
    /**
     * Standard deviation (divisor n) of the training target after the power; the rest is divided by it.
     */
    deviation?: number;
  };
  /**
   * Number of learnt parameters.
   */
  parameters?: number;
  /**
   * Size of model.onnx.
   */
  bytes?: number;
  /**
   * How it was trained: rows, epochs or rounds done, best round, seconds, settings, device.
   */
  training?: {
    [k: string]: unknown;
  };
  /**
   * Importance of the features where the model gives one (sums to 1).
   *
   * Items: One feature.
   */
  importance?: {
    /**
     * Feature.
     */
    feature: string;
    /**
     * Importance.
     */
    importance: number;
  }[];
  /**
   * Metrics measured so far.
   */
  metrics?: {
    [k: string]: number;
  };
  data?: Sha256;
  /**
   * Whether model.onnx is there and can be served.
   */
  servable: boolean;
  /**
   * What was done to it since training.
   *
   * Items: One optimisation.
   */
  optimized?: {
    [k: string]: unknown;
  }[];
  written?: Written;
}
/**
 * `record.json`: how the run ended. Written once, at the end; a run without it was cut short.
 */
export interface RunRecord {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Id of the run.
   */
  id: string;
  /**
   * How it ended.
   */
  status: 'succeeded' | 'failed' | 'cancelled';
  /**
   * When it began.
   */
  created: string;
  /**
   * When it ended.
   */
  finished: string;
  /**
   * Wall-clock seconds.
   */
  seconds: number;
  /**
   * Result of each stage by name.
   */
  stages: {
    /**
     * Result of a stage.
     */
    [k: string]: {
      /**
       * Kind of the stage.
       */
      kind: string;
      /**
       * How it ended.
       */
      status: 'succeeded' | 'reused' | 'failed' | 'skipped' | 'cancelled';
      fingerprint?: Sha256;
      artifact?: Sha256;
      /**
       * Run that made a reused result.
       */
      from?: string;
      /**
       * Wall-clock seconds.
       */
      seconds?: number;
      /**
       * Headline metrics.
       */
      metrics?: {
        [k: string]: number;
      };
      /**
       * Ends of each series that the stage logged, by its name.
       */
      ranges?: {
        /**
         * Ends of a series.
         */
        [k: string]: {
          /**
           * Smallest finite value.
           */
          least: number;
          /**
           * Largest finite value.
           */
          greatest: number;
        };
      };
      /**
       * One line about the result.
       */
      summary?: string;
      /**
       * Why it ran or did not.
       */
      reason?: string;
      error?: Problem;
    };
  };
}
/**
 * What one gate measured.
 */
export interface RolloutFinding {
  /**
   * Name of the gate.
   */
  gate: string;
  /**
   * `waiting`: not enough is known.
   */
  verdict: 'pass' | 'fail' | 'waiting';
  /**
   * Figure of the live version.
   */
  live?: number;
  /**
   * Figure of the new version.
   */
  candidate?: number;
  /**
   * How likely a difference so large would be without one (one-sided).
   */
  p?: number;
  /**
   * In words.
   */
  say: string;
}
/**
 * `rollout.json` of a target: the roll-out that goes on, or the last one. Written by whoever carries it out (for `local` the model server).
 */
export interface RolloutState {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Id of the roll-out.
   */
  id: string;
  /**
   * `passed`: its gates hold and it waits for somebody to promote it.
   */
  status: 'running' | 'passed' | 'promoted' | 'rolled-back';
  /**
   * How the new version takes over.
   */
  strategy: 'canary' | 'blue-green' | 'shadow' | 'ab';
  /**
   * Name of the model.
   */
  model: string;
  /**
   * Version that was live when it began.
   */
  live: number;
  /**
   * Version that is tried.
   */
  candidate: number;
  /**
   * When it began.
   */
  started: string;
  /**
   * When this was written.
   */
  time: string;
  /**
   * Index of the step, from 0.
   */
  step: number;
  /**
   * Per cent of the requests in each step.
   */
  steps: number[];
  /**
   * Share of the requests that the new version answers now, 0 to 1.
   */
  weight: number;
  /**
   * Requests that the new version was asked in this step.
   */
  requests: number;
  /**
   * Requests after which the step is judged.
   */
  needed: number;
  /**
   * Outcomes known in this step, of those it needs.
   */
  labels?: number;
  /**
   * Why it ended, or waits.
   */
  reason?: string;
  /**
   * What the gates said last.
   */
  findings: RolloutFinding[];
}
/**
 * `run.json`: what was asked for. Written once, before the first event.
 */
export interface RunInfo {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * Id of the run; sorts by time.
   */
  id: string;
  /**
   * Name of the pipeline.
   */
  pipeline: string;
  /**
   * The pipeline's file, relative to the project root.
   */
  file: string;
  /**
   * ISO 8601 time.
   */
  created: string;
  /**
   * The command that started it.
   */
  command: 'run' | 'deploy' | 'monitor' | 'retrain';
  /**
   * Parameters after overrides.
   */
  parameters?: {
    [k: string]: Scalar;
  };
  /**
   * Name of the environment.
   */
  environment?: string;
  /**
   * The stages asked for.
   */
  selection?: {
    /**
     * Only these.
     */
    only?: string[];
    /**
     * From this stage on.
     */
    from?: string;
    /**
     * Up to this stage.
     */
    to?: string;
    /**
     * Nothing is reused.
     */
    force?: boolean;
    /**
     * Device asked for in place of the stages' own.
     */
    device?: string;
    /**
     * Number of the GPU that trainings which need one were held to.
     */
    gpu?: number;
  };
  /**
   * Names of the planned stages in order.
   */
  stages: string[];
  /**
   * Name of the machine.
   */
  host: string;
  /**
   * Version of the engine.
   */
  engine: string;
  /**
   * The supervisor's process; tells a living run from a killed one.
   */
  process: {
    /**
     * Process id.
     */
    pid: number;
    /**
     * Start time of the process as the operating system gives it.
     */
    started: string;
    /**
     * Id of the machine's boot.
     */
    boot: string;
  };
  /**
   * What it runs on.
   */
  platform?: {
    /**
     * Version of Node.
     */
    node: string;
    /**
     * Operating system and architecture.
     */
    os: string;
    /**
     * Logical processors.
     */
    cpus: number;
    /**
     * Memory in bytes.
     */
    memory: number;
    /**
     * Threads given to stages.
     */
    threads: number;
    /**
     * Versions of the runtimes.
     */
    packages?: {
      [k: string]: string;
    };
  };
  /**
   * Commit of the project.
   */
  git?: {
    /**
     * Commit.
     */
    commit?: string;
    /**
     * Whether there were uncommitted changes.
     */
    dirty?: boolean;
  };
  /**
   * For a trial of a search: what it belongs to.
   */
  parent?: {
    /**
     * Id of the run.
     */
    run: string;
    /**
     * Stage that searches.
     */
    stage: string;
    /**
     * Number of the trial.
     */
    trial: number;
  };
}
/**
 * One setting that was varied.
 */
export interface TuneDimension {
  /**
   * Place in the stage.
   */
  path: string;
  /**
   * Kind of its values.
   */
  type: 'number' | 'integer' | 'choice';
  /**
   * Lowest value.
   */
  low?: number;
  /**
   * Highest value.
   */
  high?: number;
  /**
   * Whether its scale is logarithmic.
   */
  log?: boolean;
  /**
   * Values to choose from.
   */
  values?: Scalar[];
  /**
   * Share of the differences between trials that it explains; all sum to 1.
   */
  importance?: number;
}
/**
 * One trial.
 */
export interface TuneTrial {
  /**
   * Number, from 1.
   */
  trial: number;
  /**
   * How it ended; `stopped` by the pruning rule.
   */
  state: 'finished' | 'stopped' | 'failed';
  /**
   * Its settings by place.
   */
  values: {
    [k: string]: Scalar;
  };
  /**
   * Its metric: at its end, or where it was stopped.
   */
  score?: number;
  /**
   * Steps that it trained.
   */
  steps?: number;
  /**
   * What it was judged by: pairs of steps and value.
   */
  readings?: [number, number][];
  /**
   * Why it failed.
   */
  error?: string;
}
/**
 * `tune.json` of a train stage with `tune`: what was searched, every trial, and the best. Nothing in it depends on the clock.
 */
export interface TuneRecord {
  /**
   * Version of the format.
   */
  format: 1;
  /**
   * How values were chosen.
   */
  search: string;
  /**
   * Rule by which trials were stopped.
   */
  pruning: string;
  /**
   * Metric that trials were judged by.
   */
  metric: string;
  /**
   * Which values are better.
   */
  better: 'higher' | 'lower';
  /**
   * Parts of the cross-validation; without it the validation split judged.
   */
  folds?: number;
  /**
   * Seed of the search.
   */
  seed: number;
  /**
   * Trials at a time; the choice of values depends on it.
   */
  parallel: number;
  /**
   * Steps (epochs, rounds or folds) of a whole trial, where it has such.
   */
  most?: number;
  /**
   * Steps after which trials were judged.
   */
  rungs?: number[];
  /**
   * What was varied.
   */
  space: TuneDimension[];
  /**
   * The trials in order of their beginning.
   */
  trials: TuneTrial[];
  /**
   * Number of the best trial.
   */
  best?: number;
  /**
   * Steps trained by all trials together.
   */
  steps?: number;
}
