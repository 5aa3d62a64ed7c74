/**
 * One seed for every property test, so that a run of today and one of tomorrow try the same cases.
 * `HOLDFAST_SEED=n` tries others; a seed that fails becomes an example beside its property.
 */
import fc from 'fast-check';

export const seed = Number(process.env['HOLDFAST_SEED'] ?? 20_251_010);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
