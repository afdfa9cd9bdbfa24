/** Pipelines as text: read, check, plan, fingerprint. Free of VS Code and of native modules. */
export { analyze, AnalysisCache, type AnalyzeOptions, type SourceTrouble, sourcesOf, valueOf } from './analyze';
export { CODES, type Code } from './codes';
export { featureColumns, outsiders, rawColumns } from './columns';
export { toDocument, toPipeline } from './convert';
export { diskFiles, type Files } from './files';
export {
  explain,
  fingerprint,
  type FingerprintContext,
  type FingerprintInputs,
  fingerprintInputs,
} from './fingerprint';
export { type KeyInfo, schemaAt, type SchemaAt, type SchemaRoot } from './language';
export { LineIndex, type Position } from './lines';
export { type Lock, type LockedStage, lockPath, readLock, writeLock } from './lock';
export { cellsOf, cellValue, newCell, writeCell, type Cell } from './markdown';
export { parseScalar } from './parameters';
export { isPipelineFile, parse, type Part, type Parts, serialize, type Spelling, spellingOf } from './parts';
export { isEffect, plan, select, type SelectedStage, type Selection } from './plan';
export { findProjectPlace, type ProjectPlace } from './project';
export { type Columns } from './references';
export { sourceRange } from './scalar';
export { outputsOf, type SchemaNode, schemaNode, stageKinds, stageSchema } from './schema';
export { analyzeProject, analyzeTargets, type FileAnalysis, findTargets, targetNames } from './targets';
export * from './tree';
export type * from './types';
