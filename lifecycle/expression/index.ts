/** The expression language of filters, derived features, requirements and conditions: read, check, print, and lower. */
export * from './evaluate';
export * from './format';
export * from './functions';
export { nearest } from './nearest';
export * from './onnx';
export * from './parse';
export * from './serve';
export * from './sql';
export * from './syntax';
export { isPlainName, keywords, tokenize, type Token, writeName } from './tokens';
export { check, type CheckOptions, type Checked, type Columns } from './types';
