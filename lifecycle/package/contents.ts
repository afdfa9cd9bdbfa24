import type { Evaluation, FairnessReport, Scalar } from '../../schemas/generated/types';

/** What an `evaluate` stage measured. */
export interface MeasuredBy {
  readonly stage: string;
  /** Stage that made the model it chose. */
  readonly candidate: string;
  readonly splits: Readonly<
    Record<
      string,
      {
        readonly rows: number;
        readonly metrics: Readonly<Record<string, number>>;
        readonly intervals?: Readonly<Record<string, [number, number]>>;
      }
    >
  >;
  readonly gates: Evaluation['gates'];
  readonly fairness?: readonly FairnessReport[];
}

/** `metrics.json` of a bundle: what was measured of the model before it was packaged. */
export interface BundleMetrics {
  readonly format: 1;
  /** Headline metrics of the stage that gave the model. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The evaluation that chose the model, when it is packaged as chosen … */
  readonly evaluation?: MeasuredBy;
  /** … or when it was optimised since: then these are figures of what it was before. */
  readonly before?: MeasuredBy;
}

/** One stage that the model goes back to. */
export interface Ancestor {
  readonly stage: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly artifact: string;
  /** Run that made it. */
  readonly run: string;
}

/** `lineage.json` of a bundle: where it comes from. Checked like every file, but not part of the digest. */
export interface Lineage {
  readonly format: 1;
  readonly run: string;
  readonly pipeline: string;
  /** The pipeline's file, relative to the project root. */
  readonly file: string;
  readonly stage: string;
  readonly git?: { readonly commit?: string; readonly dirty?: boolean };
  readonly parameters?: Readonly<Record<string, Scalar>>;
  /** The stage that gave the model first, then those before it. */
  readonly stages: readonly Ancestor[];
  /** Content hashes of the data it was made from, by readable name (`file data/telco-churn.csv`). */
  readonly data: Readonly<Record<string, string>>;
}
