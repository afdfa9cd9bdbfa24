/**
 * A model that can't be read, or operators that don't fit together. The message names the graph element; the hint is the way out.
 */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
