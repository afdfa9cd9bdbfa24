/** Metrics of classifiers, equal to scikit-learn's: from labels (confusion), from ranks (ranking), from probabilities (calibration). */
export * from './confusion';
export * from './ranking';
export * from './calibration';
export * from './threshold';
