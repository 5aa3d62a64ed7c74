/** The testing kit: `import { checkStrategy } from 'holdfast/testing'`. */
export { checkStrategy } from './check.ts';
export type { CheckOptions, Finding } from './check.ts';
export { practiceMarket } from './market.ts';
