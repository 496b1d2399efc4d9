// Takes the place of feelin in form-js on the server (see setup/build.mjs): conditions are parsed once, not at each answer.
import { Context, evaluateIn, testIn } from './feel.js';

export { parseExpression, parseUnaryTests } from 'feelin';

let grammar = '';

/** The names that steer the grammar of this check's conditions. */
export function prepare(names, now) {
  const context = new Context(names, now);
  grammar = context.grammar;
  return { now: context.values.now, today: context.values.today };
}

export function evaluate(expression, values = {}) {
  return { value: evaluateIn(expression, values, grammar, () => false), warnings: [] };
}

export function unaryTest(expression, values = {}) {
  return { value: testIn(expression, values, grammar), warnings: [] };
}
