// Decision tables: which rules match, and what comes of it by the hit policy.
import { Fault } from './fault.js';
import { evaluate, test } from './feel.js';
import { toJson } from './values.js';

/** The table's value; its columns are pushed to `inputs` (`{id, name, value}`), the rules that make it to `matched` (`{rule_id, index, annotations, outputs}`). */
export function evaluateTable(table, context, types, { inputs, matched }) {
  const columns = table.inputs.map((input) => columnContext(input, context, types));
  table.inputs.forEach(({ id, label }, at) => inputs.push({ id, name: label, value: toJson(columns[at].value, true) }));
  const hits = [];
  for (const rule of table.rules) {
    if (!rule.cells.every((cell, at) => cell === null || test(cell, columns[at].value, columns[at].context) === true)) continue;
    hits.push({ rule, values: rule.outputs.map(({ text, type }, at) => types.conform(outputValue(text, table.outputs[at], context, types), type)) });
    if (table.hit === 'FIRST') break;
  }
  if (!hits.length) return withoutHit(table, context, types);
  const chosen = policies[table.hit](hits, table);
  for (const { rule, values } of chosen) {
    matched.push({ rule_id: rule.id, index: rule.index, annotations: rule.annotations, outputs: toJson(named(values, table), true) });
  }
  return valueOf(chosen, table);
}

function columnContext(input, context, types) {
  const given = evaluate(input.expression, context);
  const value = types.orNull(() => offered(types.coerce(given, input.type, input.label), input, context));
  return { value, context: context.with({ '?': value }) };
}

// A column's list of values is for the members of a list.
function offered(value, { allowed, label }, context) {
  const passes = (one) => test(allowed, one, context) === true;
  if (allowed !== null && value !== null && !(Array.isArray(value) ? value.every(passes) : passes(value))) {
    throw new Fault('not_allowed_value', { name: label, value: JSON.stringify(toJson(value, true)) });
  }
  return value;
}

function outputValue(text, output, context, types) {
  if (text === null) return null;
  const made = evaluate(text, context);
  return types.orNull(() => offered(types.coerce(made, output.type, output.label), output, context));
}

// Without a matching rule: the outputs' defaults if there are any, else nothing.
function withoutHit(table, context, types) {
  const values = table.outputs.map((output) => outputValue(output.default, output, context, types));
  if (table.outputs.some((output) => output.default !== null)) return one(values, table);
  if (table.hit === 'COLLECT' && table.aggregation === 'COUNT') return 0;
  return isMany(table) && !table.aggregation ? [] : null;
}

const policies = {
  UNIQUE(hits) {
    if (hits.length > 1) throw new Fault('overlap', { rules: rulesOf(hits) });
    return hits;
  },
  ANY(hits, table) {
    const texts = new Set(hits.map(({ values }) => JSON.stringify(toJson(one(values, table), true))));
    if (texts.size > 1) throw new Fault('any_differs', { rules: rulesOf(hits) });
    return hits;
  },
  FIRST: (hits) => hits.slice(0, 1),
  PRIORITY: (hits, table) => byPriority(hits, table).slice(0, 1),
  'OUTPUT ORDER': (hits, table) => byPriority(hits, table),
  'RULE ORDER': (hits) => hits,
  COLLECT: (hits) => hits,
};

const aggregations = {
  SUM: (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  MIN: (numbers) => Math.min(...numbers),
  MAX: (numbers) => Math.max(...numbers),
  COUNT: (values) => new Set(values.map((value) => JSON.stringify(toJson(value, true)))).size,
};

function valueOf(hits, table) {
  if (!isMany(table)) return one(hits[0].values, table);
  const values = hits.map((hit) => one(hit.values, table));
  if (table.hit !== 'COLLECT' || !table.aggregation) return values;
  if (table.aggregation !== 'COUNT' && values.some((value) => typeof value !== 'number')) {
    throw new Fault('wrong_input_type', { name: table.outputs[0].label, type: 'number' });
  }
  return aggregations[table.aggregation](values);
}

function isMany({ hit }) {
  return hit === 'COLLECT' || hit === 'RULE ORDER' || hit === 'OUTPUT ORDER';
}

function one(values, table) {
  return table.outputs.length === 1 ? values[0] : named(values, table);
}

function named(values, table) {
  return Object.fromEntries(values.map((value, at) => [table.outputs[at].name, value]));
}

function rulesOf(hits) {
  return hits.map(({ rule }) => rule.index).join(', ');
}

// The outputs' lists of values are in order of priority (texts, as drawn); the first output counts most.
function byPriority(hits, table) {
  const rank = ({ rule }, at) => {
    const found = table.outputs[at].priorities.indexOf(rule.outputs[at].text);
    return found < 0 ? Infinity : found;
  };
  return [...hits].sort((a, b) => {
    for (let at = 0; at < table.outputs.length; at += 1) {
      const difference = rank(a, at) - rank(b, at);
      if (difference) return Number.isNaN(difference) ? 0 : difference;
    }
    return a.rule.index - b.rule.index;
  });
}
