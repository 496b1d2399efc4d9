// DMN's boxed expressions: contexts, lists, functions, loops, tables.
import { FeelFunction } from 'feelin';
import { Fault } from './fault.js';
import { evaluate } from './feel.js';
import { kindOf } from './kinds.js';
import { exact } from './lambdas.js';
import { evaluateTable } from './tables.js';

const MAX_DEPTH = 100;
let depth = 0;

/** The value of a piece of logic, FEEL's own; what its tables asked and which rules make it are pushed to `trace` (`{inputs, matched}`). */
export function boxed(logic, context, types, trace) {
  if (depth > MAX_DEPTH) throw new Fault('too_deep', {});
  depth += 1;
  try {
    const value = kinds[logic.kind](logic, { context, types, trace, inner: (part, within = context) => boxed(part, within, types, trace) });
    return logic.type ? types.conform(value, logic.type) : value;
  } finally {
    depth -= 1;
  }
}

/**
 * A function of FEEL: `scope` gives the context around it, `body` what it does with the values instead of `logic`. An
 * argument that is none of its parameter's type is null, and so is a result that is none of `type`.
 */
export function callable(parameters, logic, scope, types, type = null, body = null) {
  const names = parameters.map(({ name }) => name);
  const output = types.given(type);
  const call = (...values) => {
    const fitted = parameters.map((parameter, at) => types.conform(values[at] ?? null, parameter.type));
    const bound = () => scope().with(Object.fromEntries(names.map((name, at) => [name, fitted[at]])));
    return types.conform(body ? body(fitted) : boxed(logic, bound(), types, { inputs: [], matched: [] }), output);
  };
  return exact(call, names, { parameters: parameters.map((parameter) => parameter.type), ...(output && { output }) });
}

const kinds = {
  literal: ({ text }, { context }) => evaluate(text, context),
  table: (logic, { context, types, trace }) => evaluateTable(logic, context, types, trace),
  context: contextOf,
  list: ({ items }, { inner }) => items.map((item) => inner(item)),
  relation: ({ rows, columns }, { inner, types }) => rows.map((row) => (
    Object.fromEntries(row.map((cell, at) => [columns[at].name, types.conform(inner(cell), columns[at].type)])))),
  function: ({ parameters, body }, { context, types }) => callable(parameters, body, () => context, types),
  invocation: invoke,
  conditional: (logic, { inner }) => inner(inner(logic.if) === true ? logic.then : logic.else),
  filter: filtered,
  for: loop,
  some: (logic, around) => quantified(logic, around, true),
  every: (logic, around) => quantified(logic, around, false),
};

function contextOf({ entries }, { context, types, inner }) {
  const result = {};
  for (const { name, type, logic } of entries) {
    const value = types.conform(inner(logic, context.with(result)), type);
    if (name === null) return value; // the last entry without a name is the context's result
    result[name] = value;
  }
  return result;
}

function invoke({ called, bindings }, { context, types, inner }) {
  const call = evaluate(called, context);
  const given = Object.fromEntries(bindings.map(({ name, type, logic }) => [name, types.conform(inner(logic), type)]));
  if (typeof call === 'function') { // a builtin
    const names = call.$args.map((name) => name.replace('...', ''));
    return call(...names.map((name) => given[name]));
  }
  return call instanceof FeelFunction ? call.invoke(given) : null;
}

function listOf(value) {
  if (value === null || Array.isArray(value)) return value;
  return typeof value.map === 'function' ? value.map((item) => item) : [value];
}

function loop({ name, in: over, body }, { context, inner }) {
  const items = listOf(inner(over));
  if (items === null) return null;
  const partial = [];
  for (const item of items) partial.push(inner(body, context.with({ [name]: item, partial: [...partial] })));
  return partial;
}

function quantified({ name, in: over, body }, { context, inner }, decides) {
  const verdicts = listOf(inner(over))?.map((item) => inner(body, context.with({ [name]: item })));
  if (!verdicts) return null;
  if (verdicts.includes(decides)) return decides;
  return verdicts.every((verdict) => typeof verdict === 'boolean') ? !decides : null;
}

function filtered({ in: over, match }, { context, inner }) {
  return listOf(inner(over))?.filter((item) => inner(match, context.with({ ...(kindOf(item) === 'context' ? item : {}), item })) === true) ?? null;
}
