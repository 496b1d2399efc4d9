// DMN's types: what comes as JSON becomes what the drawing says it is, or is refused; what FEEL makes fits, or is null.
import { dateAndTime, FeelDate, FeelDateTime, FeelDuration, FeelFunction, FeelRange, FeelTime, isFunction, parseDate, parseTime } from 'feelin';
import { readDuration } from './arithmetic.js';
import { Fault } from './fault.js';
import { test } from './feel.js';
import { exact } from './lambdas.js';
import { midnight } from './temporal.js';
import { fitted } from './typing.js';
import { toJson } from './values.js';

const temporal = (Type, parse, fits = () => true) => ({
  read: (value) => (typeof value === 'string' ? attempt(parse, value) : value),
  is: (value) => value instanceof Type && fits(value),
});
const plain = (is) => ({ read: (value) => value, is });

const builtin = {
  number: plain((value) => typeof value === 'number'),
  string: plain((value) => typeof value === 'string'),
  boolean: plain((value) => typeof value === 'boolean'),
  date: temporal(FeelDate, parseDate),
  time: temporal(FeelTime, parseTime),
  dateTime: temporal(FeelDateTime, dateAndTime),
  dayTimeDuration: temporal(FeelDuration, readDuration, (value) => !value.yearsMonths),
  yearMonthDuration: temporal(FeelDuration, readDuration, (value) => value.yearsMonths),
  duration: temporal(FeelDuration, readDuration),
  list: plain(Array.isArray),
  context: plain(isContext),
  function: plain(isFunction),
  range: plain((value) => value instanceof FeelRange),
};
const synonyms = {
  integer: 'number', long: 'number', double: 'number', 'date and time': 'dateTime', dateAndTime: 'dateTime',
  'days and time duration': 'dayTimeDuration', 'years and months duration': 'yearMonthDuration',
};

function isContext(value) {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function attempt(parse, text) {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** The item definitions of a model, and what they allow. */
export class Types {
  constructor(definitions, context, lenient = false) {
    this.definitions = definitions;
    this.context = context;
    this.lenient = lenient;
  }

  /** What `make` gives; where it is refused, null if the caller is lenient, as the standard is. */
  orNull(make) {
    try {
      return make();
    } catch (error) {
      if (this.lenient && error instanceof Fault && (error.code === 'wrong_input_type' || error.code === 'not_allowed_value')) return null;
      throw error;
    }
  }

  /** What something of that type gives when it is called: a function's output, else what the type itself says. */
  given(type) {
    const definition = Object.hasOwn(this.definitions, type) ? this.definitions[type] : null;
    return definition?.function ? definition.function.output : type;
  }

  /** A value from outside as `type` (a typeRef), texts read as dates and durations; null is of every type, else a Fault. */
  coerce(value, type, name) {
    return this.#fit(value, type, { name, read: true, refuse: (code, about) => { throw new Fault(code, about); } });
  }

  /** A value of FEEL as `type`, or null if it is none of it, as the standard says. */
  conform(value, type) {
    try {
      return this.#fit(value, type, { name: '', read: false, refuse: () => { throw noneOf; } });
    } catch (error) {
      if (error === noneOf) return null;
      throw error;
    }
  }

  #fit(value, type, how) {
    if (value === null || value === undefined) return null;
    if (!type) return value;
    if (typeof type === 'object') return this.#fitWritten(value, type, how);
    if (Object.hasOwn(this.definitions, type)) return this.#fitDefined(value, this.definitions[type], how);
    const known = synonyms[type] ?? type;
    if (!Object.hasOwn(builtin, known)) return value; // Any, or a type of another tool
    return this.#fitBuiltin(value, type, builtin[known], known, how);
  }

  // A type written out in an expression or a function's item definition: nothing within it says what it allows.
  #fitWritten(value, type, how) {
    const result = fitted(value, type, this.definitions);
    return result ?? how.refuse('wrong_input_type', { name: how.name, type: Object.keys(type)[0] });
  }

  // A function takes and gives what its type says, too.
  #fitFunction(value, { parameters, output }, how) {
    if (!isFunction(value)) return how.refuse('wrong_input_type', { name: how.name, type: 'function' });
    if (!(value instanceof FeelFunction)) return value;
    const call = (...given) => this.conform(value.fn(...given.map((each, at) => this.conform(each, parameters[at]))), output);
    return exact(call, value.parameterNames, { ...value.signature, output });
  }

  #fitBuiltin(value, type, { read, is }, known, how) {
    let single = value;
    while (!how.read && Array.isArray(single) && single.length === 1 && known !== 'list') [single] = single;
    const result = how.read ? read(single) : single;
    if (is(result)) return result;
    if (known === 'dateTime' && result instanceof FeelDate) return midnight(result);
    if (known === 'list') return [value];
    return how.refuse('wrong_input_type', { name: how.name, type });
  }

  #fitDefined(value, definition, how) {
    const { base, collection, components, allowed } = definition;
    let result;
    if (collection) {
      const one = { ...definition, collection: false, allowed: [] };
      result = (Array.isArray(value) ? value : [value]).map((item) => (item === null ? null : this.#fitDefined(item, one, how)));
    } else if (components.length) result = this.#fitComponents(value, definition, how);
    else if (definition.function) result = this.#fitFunction(value, definition.function, how);
    else result = this.#fit(value, base, allowed.length ? { ...how, allowed: false } : how);
    if (how.allowed === false) return result; // what is built on a type and says itself what it allows
    const offered = (one) => allowed.every((tests) => test(tests, one, this.context) === true);
    // What a list's definition allows, it allows of the list's members, or (newer) of the list itself.
    if (allowed.length && !offered(result) && !(Array.isArray(result) && result.every(offered))) {
      return how.refuse('not_allowed_value', { name: how.name, value: JSON.stringify(toJson(result, true)) });
    }
    return result;
  }

  #fitComponents(value, { name, components }, how) {
    const single = !how.read && Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (!isContext(single)) return how.refuse('wrong_input_type', { name: how.name, type: name || 'context' });
    const result = { ...single };
    for (const component of components) {
      if (Object.hasOwn(single, component.name) && single[component.name] !== null) {
        const inner = { ...how, name: `${how.name}.${component.name}` };
        result[component.name] = this.#fitDefined(single[component.name], component, inner);
      } else if (!how.read && !Object.hasOwn(single, component.name)) how.refuse();
    }
    return result;
  }
}

const noneOf = Symbol('none of the type');
