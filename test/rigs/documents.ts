import fc from 'fast-check';

const lines = fc.constantFrom(
  '---',
  '```yaml stage',
  '```',
  '~~~yaml stage',
  '~~~',
  '````yaml stage',
  '````',
  '  ```yaml stage',
  '  ```',
  '```python',
  'a: {kind: data}',
  '  kind: train',
  '# Title',
  'Prose with *stars* and `code`.',
  '',
  '   ',
  '<<<<<<< ours',
  '=======',
  '>>>>>>> theirs',
  '\ttab',
  'ünïcödé 🙂',
);
/** Texts made of what a lifecycle document is made of, sound and broken, with every kind of line end. */
export const documents = fc
  .tuple(fc.array(lines, { maxLength: 30 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
  .map(([all, eol, bom, end]) => (bom ? '\ufeff' : '') + all.join(eol) + (end ? eol : ''));
