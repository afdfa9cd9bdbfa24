import {
  conversions,
  editsEqualFresh,
  neverFails,
  piecesEqualWhole,
  quickEqualsWhole,
  resumedEqualsFresh,
  roundTrip,
} from '../lifecycle/pipeline/properties';

describe('pipelines of any text, at length', function () {
  this.timeout(0);
  it('10,000 texts are cut into parts that give the same bytes', () => {
    roundTrip({ numRuns: 10_000 });
  });
  it('10,000 texts are understood without failing', () => {
    neverFails({ numRuns: 10_000 });
  });
  it('2,000 sequences of edits give what a fresh look gives', () => {
    editsEqualFresh({ numRuns: 2_000 });
  });
  it('20,000 sequences of edits are cut into parts as their last texts are', () => {
    resumedEqualsFresh({ numRuns: 20_000 });
  });
  it('500,000 texts are read quickly only where the whole of YAML reads the same', () => {
    quickEqualsWhole({ numRuns: 500_000 });
  });
  it('10,000 edited pipelines mean, read stage by stage, what YAML says', () => {
    piecesEqualWhole({ numRuns: 10_000 });
  });
  it('5,000 edited pipelines mean the same as a document and back', () => {
    conversions({ numRuns: 5_000 });
  });
});
