// The one door into V8: `fangfan(request)`, JSON text in and JSON text out. engine/feel_process.py calls it.
import './dom.js';
import { decide } from './decisions.js';
import { Fault } from './fault.js';
import { Context, evaluate } from './feel.js';
import { checkForm, messages } from './forms.js';
import { names } from './names.js';
import { render } from './sheets.js';
import { toJson } from './values.js';

const operations = {
  evaluate: ({ expressions, names, now }) => {
    const context = new Context(names, now);
    return expressions.map((expression) => toJson(evaluate(expression, context)));
  },
  names: ({ expression }) => names(expression),
  names_many: ({ cells }) => cells.map(({ expression, kind, known }) => orFault(() => names(expression, kind, known))),
  patterns: ({ patterns }) => patterns.map(isPattern),
  render,
  check_form: checkForm,
  form_messages: () => messages,
  decide: ({ model, decision, inputs, now, lenient }) => decide(model, decision, new Context(inputs, now), lenient),
};

function isPattern(text) {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}

function orFault(act) {
  try {
    return act();
  } catch (error) {
    return { fault: { code: error.code ?? 'failed', reason: String(error.message), ...error.details } };
  }
}

globalThis.fangfan = (request) => {
  try {
    const { operation, ...parameters } = JSON.parse(request);
    return JSON.stringify({ result: operations[operation](parameters) });
  } catch (error) {
    if (error instanceof Fault) return JSON.stringify({ fault: { code: error.code, ...error.details } });
    if (error instanceof RangeError) return JSON.stringify({ fault: { code: 'too_deep', reason: String(error.message) } });
    return JSON.stringify({ fault: { code: 'failed', reason: String(error.stack ?? error).slice(0, 1000) } });
  }
};
