// Sheets: HTML with feelers (`{{…}}`), every value escaped.
import { evaluate as fill } from 'feelers';
import { Context, evaluateIn } from './feel.js';
import { Fault } from './fault.js';

let sheet = null; // what is being filled in; the isolate does one thing at a time

/** The template with its feelers filled in. A name that does not exist is a fault; what is not known stays empty. */
export function render({ template, names, now }) {
  sheet = { context: new Context(names, now), fault: null };
  try {
    return fill(template, sheet.context.values, { sanitizer: escape });
  } catch (error) {
    throw sheet.fault ?? new Fault('sheet', { reason: String(error.message) });
  } finally {
    sheet = null;
  }
}

/** Takes the place of feelin's `evaluate` in feelers (see setup/build.mjs): it parses once, and copies no context. */
export function evaluate(expression, context) {
  const { now, today } = sheet.context.values;
  try {
    return { value: evaluateIn(expression, { now, today, ...context }, sheet.context.grammar) };
  } catch (error) {
    // feelers wraps what stands in the sheet in `string(…)`: the message shows it as it was drawn.
    error.details.expression = error.details.expression?.replace(/^string\((.*)\)$/s, '$1');
    sheet.fault ??= error;
    throw error;
  }
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(value) {
  return value === null || value === undefined ? '' : String(value).replace(/[&<>"']/g, (character) => entities[character]);
}
