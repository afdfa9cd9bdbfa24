import { UserError } from '../problem';

/**
 * A model that can't be read, or operators that don't fit together. The message names the graph element; the hint is the way out.
 */
export class OnnxError extends UserError {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super({ code: 'onnx-invalid', message, ...(hint !== undefined && { hint }) });
    this.name = 'OnnxError';
    this.hint = hint;
  }
}
