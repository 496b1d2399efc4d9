// DMN: evaluates a decision with all that it requires, over the JSON model that engine/decisions.py reads.
import { FeelFunction } from 'feelin';
import { Fault } from './fault.js';
import { evaluate } from './feel.js';
import { evaluateTable } from './tables.js';
import { coerce } from './types.js';
import { toJson } from './values.js';

const MAX_DEPTH = 100;

/**
 * Evaluates `model.decisions[id]`; returns `{output, matched, evaluated}` as JSON. `evaluated` has each required
 * decision once, in the order of evaluation, the asked one last.
 */
export function decide(model, id, context) {
  if (!Object.hasOwn(model.decisions, id)) throw new Fault('unknown_decision', { name: id });
  const run = new Run(model, context);
  const output = toJson(run.decision(id));
  const evaluated = run.evaluated;
  return { output, matched: evaluated.at(-1).matched, evaluated };
}

class Run {
  constructor(model, context) {
    this.model = model;
    this.context = context;
    this.results = new Map();
    this.evaluated = [];
  }

  decision(id) {
    if (this.results.has(id)) return this.results.get(id);
    const decision = this.model.decisions[id];
    const context = this.context.with(this.required(decision));
    const record = { decision_id: id, name: decision.name, output: null, matched: [] };
    const value = within(decision, () => coerce(
      this.boxed(decision.logic, context, record.matched, 0), decision.type, this.model.types, decision.name));
    record.output = toJson(value);
    this.results.set(id, value);
    this.evaluated.push(record);
    return value;
  }

  required({ inputs, requires, knowledge }) {
    const names = {};
    for (const id of inputs) Object.assign(names, this.input(this.model.inputs[id]));
    for (const id of requires) {
      const { variable } = this.model.decisions[id];
      names[id] = names[variable] = this.decision(id);
    }
    for (const id of knowledge) Object.assign(names, this.knowledge(this.model.knowledge[id]));
    return names;
  }

  // A null is a value of FEEL, but no answer to what a rule must know: `required` inputs refuse it too.
  input({ id, variable, name, type, required }) {
    const given = this.context.values;
    const under = [variable, name, id].find((known) => Object.hasOwn(given, known));
    if (under === undefined || (required && given[under] === null)) throw new Fault('missing_input', { name: variable });
    const value = coerce(given[under], type, this.model.types, name);
    return { [variable]: value, [under]: value };
  }

  knowledge({ id, variable, parameters, logic, requires }) {
    const names = {};
    for (const other of requires) Object.assign(names, this.knowledge(this.model.knowledge[other]));
    const call = this.callable(parameters, logic, this.context.with(names), 0);
    return { ...names, [id]: call, [variable]: call };
  }

  callable(parameters, logic, context, depth) {
    const names = parameters.map(({ name }) => name);
    const call = (...values) => this.boxed(logic, context.with(Object.fromEntries(parameters.map(
      ({ name, type }, at) => [name, coerce(values[at] ?? null, type, this.model.types, name)]))), [], depth + 1);
    return new FeelFunction(call, names);
  }

  boxed(logic, context, matched, depth) {
    if (depth > MAX_DEPTH) throw new Fault('too_deep', {});
    const inner = (part, within_ = context) => this.boxed(part, within_, matched, depth + 1);
    switch (logic.kind) {
      case 'literal': return evaluate(logic.text, context);
      case 'table': return evaluateTable(logic, context, this.model.types, matched);
      case 'context': return this.contextOf(logic.entries, context, inner);
      case 'list': return logic.items.map((item) => inner(item));
      case 'relation': return logic.rows.map((row) => Object.fromEntries(row.map((cell, at) => [logic.columns[at], inner(cell)])));
      case 'function': return this.callable(logic.parameters, logic.body, context, depth);
      case 'invocation': return this.invoke(logic, context, inner);
      default: throw new Fault('failed', { reason: logic.kind });
    }
  }

  contextOf(entries, context, inner) {
    const result = {};
    for (const { name, type, logic } of entries) {
      const value = coerce(inner(logic, context.with(result)), type, this.model.types, name ?? '');
      if (name === null) return value; // the last entry without a name is the context's result
      result[name] = value;
    }
    return result;
  }

  invoke({ called, bindings }, context, inner) {
    const call = evaluate(called, context);
    if (!(call instanceof FeelFunction)) throw new Fault('unknown_function', { expression: called, name: called });
    const given = Object.fromEntries(bindings.map(({ name, logic }) => [name, inner(logic)]));
    const strange = Object.keys(given).find((name) => !call.parameterNames.includes(name));
    if (strange !== undefined) throw new Fault('unknown_name', { expression: called, name: strange });
    return call.invoke(given);
  }
}

// A fault inside a decision says in which.
function within(decision, act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof Fault && !error.details.decision) error.details.decision = decision.name || decision.id;
    throw error;
  }
}
