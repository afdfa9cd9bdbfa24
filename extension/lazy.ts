// What the extension needs only once something is done with it: a bundle of its own, so that activation does not read it.
export { fetchJson } from '../lifecycle/net/http';
export { analyze } from '../lifecycle/pipeline/analyze';
export { latestResults } from '../lifecycle/report/latest';
export { driftEdits } from '../lifecycle/pipeline/drift-edits';
export { textChanges } from '../lifecycle/pipeline/text-changes';
export { parameterEdits } from '../lifecycle/pipeline/set-parameters';
export { labelRuns, readLabels } from '../lifecycle/store/labels';
export { lineOf, readRunLines, tableOf } from '../lifecycle/store/run-table';
export { exampleRow } from '../lifecycle/store/bundle';
export { liveFigures } from '../lifecycle/store/live';
export { liveHistory, readLedger } from '../lifecycle/store/ledger';
export { findVersion, listModels } from '../lifecycle/store/registry';
export { parse as parseYaml } from 'yaml';
export { startClient } from './client';
export { stageItems } from './notebook/output';
