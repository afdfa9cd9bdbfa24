import { intAttribute, stringAttribute } from '../model';
import { type ShapeRule } from '../shapes';
import { type Family, misfit, need, show } from './support';

/** LSTM, GRU and RNN: Y [steps, directions, batch, hidden], Y_h and Y_c [directions, batch, hidden]. */
const recurrent: ShapeRule = (question) => {
  const { type, shape } = need(question, 0);
  const hidden = intAttribute(question.attributes, 'hidden_size') ?? '?';
  const directions = stringAttribute(question.attributes, 'direction') === 'bidirectional' ? 2 : 1;
  if (shape !== undefined && shape.length !== 3) {
    throw misfit(question.opType, `the input ${show(shape)} is not [steps, batch, features]`);
  }
  const [steps, batch] = [shape?.[0] ?? '?', shape?.[1] ?? '?'];
  const state = { type, shape: [directions, batch, hidden] };
  return [{ type, shape: [steps, directions, batch, hidden] }, state, state].slice(0, question.outputCount);
};

export const sequence: Family = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
