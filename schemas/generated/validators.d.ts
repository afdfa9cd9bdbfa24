/* Generated from schemas/ by `npm run generate`. Do not edit. */
export interface SchemaError { instancePath: string; schemaPath: string; keyword: string; params: Record<string, unknown>; message?: string }
export interface Validator { (value: unknown): boolean; errors?: SchemaError[] | null }
export const validatePipeline: Validator;
export const validateData: Validator;
export const validateTrain: Validator;
export const validateEvaluate: Validator;
export const validateOptimize: Validator;
export const validatePackage: Validator;
export const validateDeploy: Validator;
export const validateMonitor: Validator;
export const validateTargets: Validator;
export const validateProject: Validator;
export const validateEvent: Validator;
export const validateRun: Validator;
export const validateRecord: Validator;
export const validateManifest: Validator;
export const validateDataset: Validator;
export const validateModel: Validator;
export const validateTune: Validator;
export const validateEvaluation: Validator;
export const validateBundle: Validator;
export const validateDeployment: Validator;
export const validateFeedback: Validator;
export const validateRollout: Validator;
export const validateDrift: Validator;
export const validateLabel: Validator;
