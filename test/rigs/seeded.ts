import fc from 'fast-check';

// Required by every mocha of `npm test`: random tests draw the same each time, so that a change is what makes one fail. Elsewhere they draw anew;
// FC_SEED=random does so here, too.
if (process.env['FC_SEED'] !== 'random') fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20261129) });
