import { renamesKeepTheMeaning } from './renames';

/** All 200 are in test/deep/language-server.test.ts. */
describe('60 renames', () => renamesKeepTheMeaning(60));
