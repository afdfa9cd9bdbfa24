import { UserError } from '../problem';
import { errorCode } from './files';

/**
 * Turns an error of the operating system that the user can do something about into a {@link UserError}; gives back anything else unchanged.
 * The disk-full case also recognises libraries that only pass the text on (DuckDB, ONNX Runtime, a user's program).
 */
export function explainTrouble(thrown: unknown): unknown {
  if (thrown instanceof UserError) return thrown;
  const code = errorCode(thrown);
  const path = (thrown as { path?: unknown } | null)?.path;
  const where = typeof path === 'string' ? ` (${path})` : '';
  const text = thrown instanceof Error ? thrown.message : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left on device|disk quota exceeded/i.test(text)) {
    return new UserError({
      code: 'disk-full',
      message: `The disk is full${where}.`,
      hint: 'Nothing half-written was kept. Free some space (`lifecycle gc` shows what it could remove) and run again: finished stages are reused.',
    });
  }
  if (code === 'EFBIG')
    return new UserError({
      code: 'file-too-large',
      message: `A file would become larger than the system allows${where}.`,
      hint: 'See `ulimit -f`.',
    });
  if (code === 'EROFS')
    return new UserError({
      code: 'read-only-disk',
      message: `The disk is read-only${where}.`,
      hint: 'Set `store:` in lifecycle.yaml to a folder that can be written.',
    });
  if (code === 'EMFILE' || code === 'ENFILE')
    return new UserError({
      code: 'too-many-files',
      message: 'The system allows no more open files.',
      hint: 'Raise the limit (`ulimit -n 4096`) and run again.',
    });
  if (code === 'ENOMEM' || /std::bad_alloc|out of memory error/i.test(text)) {
    return new UserError({
      code: 'out-of-memory',
      message: `Memory ran out: ${text}`,
      hint: 'Close other programs, or use fewer rows (`sample`) or a smaller batch.',
    });
  }
  if (code === 'EACCES' && where !== '')
    return new UserError({
      code: 'no-permission',
      message: `No permission${where}.`,
      hint: 'Change the permissions of the file or folder and run again.',
    });
  return thrown;
}
