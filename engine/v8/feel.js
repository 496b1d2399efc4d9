// FEEL expressions: evaluated by feelin with a cache of what was parsed, and strict where feelin is silent.
import { coerceContext, dateAndTime, interpreter, InterpreterContext, parseDate } from 'feelin';
import './temporal.js';
import './semantics.js';
import './functions/index.js';
import { Fault } from './fault.js';

const CACHE_SIZE = 2000;
export const DIALECT = 'camunda'; // `names in backticks`, as the drawings' dialect has them
const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
const LITERALS = ['null', 'true', 'false']; // never names: feelin would take a variable of that name
const parsed = new Map();

/**
 * The context of an evaluation: the caller's names, and the clock.
 *
 * `grammar` tells contexts apart that could parse differently: names steer FEEL's grammar only where they are
 * no plain identifiers ("first name", "a+b"), at whatever depth.
 */
export class Context {
  constructor(names, now) {
    this.values = coerceContext(names);
    for (const literal of LITERALS) delete this.values[literal];
    this.isFault = isMistake;
    const [date] = now.split('T');
    this.values.now = () => dateAndTime(now);
    this.values.today = () => parseDate(date);
    const odd = new Set();
    collectOddNames(names, odd);
    this.grammar = odd.size ? JSON.stringify([...odd].sort()) : '';
  }

  /** The same for decisions, where what fails inside an expression is null; if `lenient`, what does not exist is null too. */
  forDecisions(lenient) {
    const given = new WeakSet();
    collectContexts(this.values, given);
    const context = this.with({});
    context.isFault = ({ type, details }) => !lenient && (type === 'NO_VARIABLE_FOUND'
      || (type === 'NO_CONTEXT_ENTRY_FOUND' && given.has(details.values.target)));
    return context;
  }

  /** The same with more names; their values are FEEL's own (results of decisions, the cell's `?`). */
  with(more) {
    const context = Object.create(Context.prototype);
    context.values = { ...this.values, ...more };
    context.isFault = this.isFault;
    const odd = Object.keys(more).filter((name) => name !== '?' && !PLAIN_NAME.test(name));
    context.grammar = odd.length ? `${this.grammar}${JSON.stringify(odd.sort())}` : this.grammar;
    return context;
  }
}

function collectContexts(value, found) {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) found.add(value);
  for (const entry of Object.values(value)) collectContexts(entry, found);
}

function collectOddNames(value, odd) {
  if (Array.isArray(value)) {
    for (const entry of value) collectOddNames(entry, odd);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, entry] of Object.entries(value)) {
      if (!PLAIN_NAME.test(name)) odd.add(name);
      collectOddNames(entry, odd);
    }
  }
}

/** The value of an expression, FEEL's own. Throws a Fault that says what is wrong. */
export function evaluate(expression, context) {
  return run('evaluate', expression, context, (root) => root(context.values), context.isFault);
}

/** For sheets and forms: the value over FEEL's own values, where by default only a name that does not exist is a fault. */
export function evaluateIn(expression, values, grammar, isFault = ({ type }) => type === 'NO_VARIABLE_FOUND') {
  return run('evaluate', expression, { values, grammar }, (root) => root(values), isFault);
}

/** For forms: a condition over FEEL's own values; what does not exist is null there. */
export function testIn(expression, values, grammar) {
  return run('unaryTest', expression, { values, grammar }, (root) => root(values)(values['?'] ?? null), () => false);
}

/** Whether a value (`?` in the context) passes a cell's unary tests: true, false, or null where FEEL does not know. */
export function test(expression, value, context) {
  const inCell = context.with({ '?': value });
  return run('unaryTest', expression, inCell, (root) => root(inCell.values)(value), context.isFault);
}

function run(kind, expression, context, apply, isFault = isMistake) {
  const { root, interpreterContext } = parse(kind, expression, context);
  const outer = interpreterContext.warnings; // the same expression may run inside itself, in a function's body
  interpreterContext.warnings = [];
  try {
    const value = apply(root);
    const warning = interpreterContext.warnings.find(isFault);
    if (warning) throw fault(warning, expression);
    return value;
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(error instanceof RangeError ? 'too_deep' : 'failed', { expression, reason: String(error.message) });
  } finally {
    interpreterContext.warnings = outer;
  }
}

/** What was parsed, from the cache or anew; throws a Fault if it is no FEEL. */
export function parse(kind, expression, context) {
  const key = `${kind}\0${context.grammar}\0${expression}`;
  let entry = parsed.get(key);
  if (!entry) {
    const interpreterContext = new InterpreterContext();
    try {
      entry = { ...interpreter[kind](expression, context.values, DIALECT, interpreterContext), interpreterContext };
    } catch (error) {
      throw new Fault('syntax', { expression, reason: String(error.message), position: error.position?.from ?? 0 });
    }
    if (typeof entry.root !== 'function') throw new Fault('syntax', { expression, reason: 'empty', position: 0 });
    delete entry.parseTree;
  } else {
    parsed.delete(key); // renewed below, so that the least used goes first
  }
  parsed.set(key, entry);
  if (parsed.size > CACHE_SIZE) parsed.delete(parsed.keys().next().value);
  return entry;
}

// Null goes through FEEL as the unknown does (a guard like `x != null and x.level = "红"` evaluates both sides):
// only a property of null is no mistake.
function isMistake({ type, details }) {
  return !(type === 'NO_PROPERTY_FOUND' && details.values.target === null);
}

function fault({ type, message, position }, expression) {
  const name = /^(?:Variable|Key|Property) '(.*?)' not found/.exec(message)?.[1];
  const code = { NO_VARIABLE_FOUND: 'unknown_name', NO_CONTEXT_ENTRY_FOUND: 'unknown_name', NO_PROPERTY_FOUND: 'unknown_name',
    NO_FUNCTION_FOUND: 'unknown_function' }[type] ?? 'wrong_type';
  return new Fault(code, { expression, name: name ?? expression.slice(position.from, position.to), reason: message });
}
