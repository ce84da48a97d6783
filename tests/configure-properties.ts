import fc from 'fast-check';

/** Properties draw the same values in every run, so that a test fails for a change only; another seed widens the search. */
fc.configureGlobal({ seed: Number(process.env.PARE_PROPERTY_SEED ?? 1) });
