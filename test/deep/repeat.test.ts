import { examples, type Example } from '../end-to-end/product';
import { sameBytesFromScratch } from '../end-to-end/repeat';

/** The long form of test/end-to-end/repeat.test.ts. */
describe('the same bytes from scratch', function () {
  this.timeout(600_000);
  for (const example of Object.keys(examples) as Example[]) it(example, () => sameBytesFromScratch(example));
});
