// FEEL's operators as the standard has them, where feelin's differ. Each takes the place of feelin's own
// node; what is not here is feelin's.
import { compareIn, FeelDate, FeelDuration, FeelRange, replace } from 'feelin';
import { add, compare, divide, multiply, negate, subtract } from './arithmetic.js';
import { Fault } from './fault.js';
import { kindOf } from './kinds.js';
import { lambdas } from './lambdas.js';

const operators = { '+': add, '-': subtract, '*': multiply, '/': divide, '**': power, '^': power };
const orders = { '<': (order) => order < 0, '<=': (order) => order <= 0, '>': (order) => order > 0, '>=': (order) => order >= 0 };

function power(a, b) {
  return typeof a === 'number' && typeof b === 'number' ? a ** b : undefined;
}

const tag = (evaluate, type) => Object.assign(evaluate, { type });
const list = (value) => (Array.isArray(value) ? value : [value]);

const nodes = {
  ...lambdas,
  ArithOp: (node, args, warn) => (context) => (left, right) => {
    const [a, b] = [left(context), right(context)];
    const result = operators[node.input](a, b);
    if (result === undefined) warn(node, `Can't apply '${node.input}' to these`);
    return result ?? null;
  },
  ArithmeticExpression: (node, args, warn, original) => {
    if (args.length !== 2) return original;
    const [, value] = args;
    return tag((context) => {
      const result = negate(value(context));
      if (result === undefined) warn(node, "Can't negate this");
      return result ?? null;
    }, value.type);
  },
  NumericLiteral: (node) => Object.assign(tag(() => Number(node.input), 'number'), { constantValue: Number(node.input) }),
  Comparison: (node, args, warn, original) => {
    if (args[1] === 'between') return between(args);
    if (args[1] === 'in' && args[2] === '(') return within(args);
    const { operator } = args[1];
    if (!Object.hasOwn(orders, operator ?? '')) return original;
    return tag((context) => {
      const order = compare(args[0](context), args[2](context));
      return order === null ? null : orders[operator](order);
    }, 'test');
  },
  Context: (node, args, warn, original) => (context) => {
    const keys = args.slice(1, -1).map((entry) => entry.key?.(context));
    if (keys.length === new Set(keys).size) return original(context);
    warn(node, 'A key stands twice');
    return null;
  },
  ContextEntry: ({ name }, args, warn, original) => Object.assign(original, { key: (context) => (typeof args[0] === 'function' ? args[0](context) : args[0]) }),
  // What a cell says of a true or false is that the value is the same, unless it asks something of `?` or is a test.
  PositiveUnaryTest: (node, args, warn, original) => (args[0].type === 'test' || node.input.includes('?') ? original : (context) => {
    const said = args[0](context);
    return typeof said === 'boolean' && typeof context['?'] === 'boolean' ? said === context['?'] : original(context);
  }),
  IfExpression: (node, args) => tag((context) => (args[1](context) === true ? args[3](context) : args[5]?.(context) ?? null), 'any'),
  every: () => tag((context) => quantified(context, false), 'test'),
  some: () => tag((context) => quantified(context, true), 'test'),
  IterationContext: (node, args) => (context) => {
    const start = args[0](context);
    return args[2] ? iterated(start, args[2](context)) : start;
  },
  FilterExpression: (node, args) => tag((context) => filtered(args[0](context), args[2], context), 'any'),
};

// A test that is a list stands for its members, or is what the value must be.
function within([value, , , tests]) {
  return tag((context) => {
    const verdicts = tests(context).flatMap((one) => [compareIn(value(context), [one]), ...(Array.isArray(one) ? [compareIn(value(context), one)] : [])]);
    return verdicts.includes(true) || (verdicts.includes(null) ? null : false);
  }, 'test');
}

function between([value, , low, , high]) {
  return tag((context) => {
    const orders_ = [compare(value(context), low(context)), compare(value(context), high(context))];
    return orders_.includes(null) ? null : orders_[0] >= 0 && orders_[1] <= 0;
  }, 'test');
}

// `some` is true where one is; `every` false where one is not: what is neither is unknown.
function quantified(context, decides) {
  return (over, condition) => {
    const contexts = over(context);
    if (!Array.isArray(contexts)) return contexts;
    let known = true;
    for (const each of contexts) {
      const verdict = condition(each);
      if (verdict === decides) return decides;
      if (typeof verdict !== 'boolean') known = false;
    }
    return known ? !decides : null;
  };
}

function iterated(start, end) {
  if (Number.isInteger(start) && Number.isInteger(end)) return new Steps(start, end);
  if (start instanceof FeelDate && end instanceof FeelDate) return new Steps(start, end);
  return null;
}

/** What `for i in a..b` goes through: whole numbers or days, upwards or downwards. */
class Steps {
  constructor(start, end) {
    this.start = start;
    this.end = end;
  }

  map(make) {
    const { start, end } = this;
    const days = start instanceof FeelDate;
    const count = days ? start.value.until(end.value, { largestUnit: 'day' }).days : end - start;
    const step = Math.sign(count) || 1;
    const result = [];
    for (let at = 0; at !== count + step; at += step) {
      result.push(make(days ? new FeelDate(start.value.add({ days: at })) : start + at));
    }
    return result;
  }
}

function filtered(target, filter, context) {
  if (target === null || target === undefined) return null;
  const items = list(target);
  if (filter.type === 'number') return at(items, filter(context));
  const inside = (item) => ({ ...context, item, ...(kindOf(item) === 'context' ? item : {}) });
  const result = [];
  for (const item of items) {
    let verdict = filter(inside(item));
    if (typeof verdict === 'number') return at(items, verdict); // `list[position]`: the same for every item
    if (verdict instanceof FeelRange) verdict = verdict.includes(item);
    else if (typeof verdict === 'function') verdict = verdict(item);
    if (verdict === true) result.push(item);
  }
  return result;
}

function at(items, position) {
  if (!Number.isInteger(position) || position === 0) return null;
  return items[position < 0 ? items.length + position : position - 1] ?? null;
}

replace.evalNode((original) => (node, args, interpreterContext) => {
  const warn = (at_, template) => interpreterContext.addWarning(at_, 'INVALID_TYPE', { template, values: {} });
  const made = original(node, args, interpreterContext);
  if (node.name === 'CompareOp') made.operator = node.input;
  const evaluate = nodes[node.name]?.(node, args, warn, made) ?? made;
  return invocations.has(node.name) && !('constantValue' in evaluate) ? guarded(node, evaluate, warn) : evaluate;
});

const invocations = new Set(['FunctionInvocation', 'DateTimeLiteral', 'AtLiteral']);

// A builtin that throws was given what it does not take.
function guarded(node, evaluate, warn) {
  return tag((context) => {
    try {
      return evaluate(context);
    } catch (error) {
      if (error instanceof Fault || error instanceof RangeError && /stack/i.test(error.message)) throw error;
      warn(node, String(error.message));
      return null;
    }
  }, evaluate.type);
}

replace.rangeIncludes((original) => (range, value) => {
  if (value instanceof FeelRange) return original(range, value);
  const ends = [[range.start, range['start included'], 1], [range.end, range['end included'], -1]];
  let inside = ends.some(([end]) => end !== null) ? true : null;
  for (const [end, included, sign] of ends) {
    if (end === null) continue;
    const order = compare(value, end);
    if (order === null) return null;
    if (order * sign < 0 || (order === 0 && !included)) inside = false;
  }
  return inside;
});

replace.createRange((original) => (start, end, ...included) => {
  try {
    return original(start, end, ...included);
  } catch {
    return null; // no range has ends of these kinds
  }
});

replace.extractValue(() => (context, name, over) => {
  const target = over(context);
  if (target === null || target === undefined) return null;
  return (target instanceof Steps || target instanceof FeelRange ? target : list(target)).map((item) => ({ [name]: item }));
});

const equalDurations = (a, b) => (a.yearsMonths === b.yearsMonths ? compare(a, b) === 0 : null);

replace.equals((original) => (a, b, strict) => {
  if (a instanceof FeelDuration && b instanceof FeelDuration) return equalDurations(a, b) ?? (strict ? false : null);
  if ((a ?? null) === null || (b ?? null) === null) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) !== Array.isArray(b)) return null;
  if ((a.rounds ?? 0) !== (b.rounds ?? 0)) return false;
  if (Array.isArray(a)) return a.length === b.length && a.every((item, at_) => same(item, b[at_]));
  return original(a, b, strict);
});

/** Whether two values are the same, null for null. */
export function same(a, b) {
  return (a ?? null) === (b ?? null) || equalsNow(a ?? null, b ?? null) === true;
}

let equalsNow = null;
replace.equals((current) => (equalsNow = current));
