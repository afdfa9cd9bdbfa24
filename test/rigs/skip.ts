/**
 * Skips the running test (or, from a `before` hook, its whole group) and notes why: `npm test` prints the reason.
 * Call it as `skip(this, 'python3-onnx is not installed')` inside a `function () {}`, not an arrow.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.test;
  const ofGroup = runnable?.title.startsWith('"before all" hook') ?? false;
  const noted = ofGroup ? runnable?.parent : (context.currentTest ?? runnable);
  if (noted) (noted as { skipReason?: string }).skipReason = reason;
  return context.skip();
}
