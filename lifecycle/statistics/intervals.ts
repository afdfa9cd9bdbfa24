/** How sure a number is: intervals of proportions, bootstrap intervals of anything, tests between two models. */
export * from './proportion';
export * from './bootstrap';
export * from './delong';
export * from './comparison';
