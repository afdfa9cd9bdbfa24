import assert from 'node:assert/strict';
import { validateModel } from '../../../schemas/generated/validators';

/** Holds `model.json` to its schema. */
export function assertModelInfo(info: unknown): void {
  assert.ok(validateModel(info), JSON.stringify(validateModel.errors));
}
