// DMN: evaluates a decision or a decision service with all that it requires, over the JSON model that engine/dmn.py reads.
import { boxed, callable } from './boxed.js';
import { Fault } from './fault.js';
import { Types } from './types.js';
import { TYPES } from './typing.js';
import { toJson } from './values.js';

/**
 * Evaluates `model.decisions[id]`, `model.services[id]` or `model.knowledge[id]`; returns `{output, matched, evaluated}` as JSON. `evaluated` has
 * each required decision once, in the order of evaluation, the asked one last. A name that has no value is a fault, or null
 * where the caller is `lenient`, as the standard is.
 */
export function decide(model, id, context, lenient = false) {
  const run = new Run(model, context.forDecisions(lenient), lenient);
  const ask = Object.hasOwn(model.decisions, id) ? () => run.decision(id)
    : Object.hasOwn(model.services, id) ? () => run.asked(id)
      : Object.hasOwn(model.knowledge, id) ? () => run.called(id) : null;
  if (!ask) throw new Fault('unknown_decision', { name: id });
  const output = toJson(ask());
  const evaluated = run.evaluated;
  return { output, matched: evaluated.at(-1).matched, evaluated };
}

class Run {
  constructor(model, context, lenient) {
    this.model = model;
    this.lenient = lenient;
    const marked = Object.values(model.inputs).some(({ required }) => required); // who marks what must be, wants to be told
    this.types = new Types(model.types, context, lenient && !marked);
    this.context = context.with({ [TYPES]: this.types });
    this.results = new Map();
    this.callables = new Map();
    this.evaluated = [];
  }

  decision(id) {
    if (this.results.has(id)) return this.results.get(id);
    const decision = this.model.decisions[id];
    const record = { decision_id: id, name: decision.name, output: null, inputs: [], matched: [] };
    const value = within(decision, () => this.types.conform(
      boxed(decision.logic, this.scope(decision), this.types, record), decision.type));
    record.output = toJson(value, true);
    this.results.set(id, value);
    this.evaluated.push(record);
    return value;
  }

  /** The names that an element's expressions know: what it requires, and its imports as contexts. */
  scope(element) {
    const names = {};
    const place = (key, known) => {
      const imported = key.includes('#') ? element.imports[key.slice(0, key.lastIndexOf('#'))] : undefined;
      if (imported) names[imported] = { ...names[imported], ...known };
      else Object.assign(names, known);
    };
    const { inputs, decisions } = this.model;
    for (const key of element.inputs ?? []) place(key, this.input(inputs[key]));
    for (const key of element.requires ?? []) place(key, { [key]: this.decision(key), [decisions[key].variable]: this.decision(key) });
    for (const key of element.knowledge ?? []) place(key, this.knowledge(key));
    return this.context.with(names);
  }

  // A null is a value of FEEL, but no answer to what a rule must know: `required` inputs refuse it too.
  input({ id, variable, name, type, required }) {
    const given = this.context.values;
    const under = [variable, name, id].find((known) => Object.hasOwn(given, known));
    if (under === undefined && this.lenient && !required) return { [variable]: null };
    if (under === undefined || (required && given[under] === null)) throw new Fault('missing_input', { name: variable });
    const value = this.types.coerce(given[under], type, name);
    return { [variable]: value, [under]: value };
  }

  // A knowledge model may call itself: what it requires is looked up when it is called.
  knowledge(key) {
    const { knowledge, services } = this.model;
    const element = knowledge[key] ?? services[key];
    if (!this.callables.has(key)) {
      this.callables.set(key, Object.hasOwn(knowledge, key)
        ? callable(element.parameters, element.logic, () => this.scope(element), this.types, element.type)
        : this.service(element));
    }
    const call = this.callables.get(key);
    return { [key]: call, [element.variable]: call };
  }

  /** A service as a function: its input data first, then the decisions that it is given. */
  service(service) {
    const { inputs, decisions } = this.model;
    const parameters = [...service.inputs.map((key) => [key, inputs[key]]), ...service.given.map((key) => [key, decisions[key]])];
    return callable(parameters.map(([, { variable, type }]) => ({ name: variable, type })), null, () => this.context, this.types, service.type,
      (values) => this.served(service, new Map(parameters.map(([key], at) => [key, values[at] ?? null]))));
  }

  served(service, values) {
    const names = {};
    for (const key of service.inputs) {
      const { id, variable, name } = this.model.inputs[key];
      for (const known of [id, name, variable]) names[known] = values.get(key);
    }
    const run = new Run(this.model, this.context.with(names), this.lenient);
    for (const key of service.given) run.results.set(key, values.get(key));
    return run.outputs(service);
  }

  outputs(service) {
    const results = service.outputs.map((key) => [this.model.decisions[key].variable, this.decision(key)]);
    return results.length === 1 ? results[0][1] : Object.fromEntries(results);
  }

  /** A service that the caller asks itself, the decisions it is given among the caller's values, by name. */
  asked(id) {
    const service = this.model.services[id];
    const given = this.context.values;
    for (const key of service.given) {
      const { variable, name, type } = this.model.decisions[key];
      const under = [variable, name, key].find((known) => Object.hasOwn(given, known));
      if (under === undefined && !this.lenient) throw new Fault('missing_input', { name: variable });
      this.results.set(key, under === undefined ? null : this.types.coerce(given[under], type, name));
    }
    return this.#told(service, this.types.conform(this.outputs(service), this.types.given(service.type)));
  }

  /** A knowledge model that the caller asks itself, its parameters among the caller's values. */
  called(id) {
    const element = this.model.knowledge[id];
    const given = this.context.values;
    const values = element.parameters.map(({ name, type }) => {
      if (Object.hasOwn(given, name)) return this.types.coerce(given[name], type, name);
      if (this.lenient) return null;
      throw new Fault('missing_input', { name });
    });
    return this.#told(element, this.knowledge(id)[id].fn(...values));
  }

  #told({ id, name }, output) {
    this.evaluated.push({ decision_id: id, name, output: toJson(output, true), inputs: [], matched: [] });
    return output;
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
