import assert from 'node:assert/strict';
import { offersNeverHarm, told } from '../language-server/offers';
import { renamesKeepTheMeaning } from '../language-server/renames';
import { addSlices } from './sittings';

/** How many of everything: 1 is the full count, for a part of it set LIFECYCLE_DEEP_SHARE. */
const share = Number(process.env['LIFECYCLE_DEEP_SHARE'] ?? 1);

const texts = Math.ceil(10_000 * share);
const edits = Math.ceil(1_000_000 * share);
const words = (count: number): string => count.toLocaleString('en');

describe('the language server, at length', function () {
  this.timeout(0);
  it(`accepts everything offered in ${words(texts)} half-typed and ${words(texts)} mistaken texts without making one worse`, async () => {
    const { offers, outcomes } = await offersNeverHarm(texts, 7);
    console.log(`      ${offers} offers accepted`);
    assert.deepEqual(outcomes.map(told), []);
  });
  it(`understands over ${words(edits)} edits more what a fresh open of the same text understands`, async () => {
    const sum = await addSlices(edits, {
      report: (line) => {
        console.log(`      ${line}`);
      },
    });
    console.log(`      ${words(sum)} edits in the record`);
  });
});

describe('200 renames', () => renamesKeepTheMeaning(200));
