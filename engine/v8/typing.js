// FEEL's types: what a value is an instance of, which type conforms to which, and a value made to fit one.
//
// A type is the name of a builtin type or of an item definition, or it is written out: an item definition as
// engine/dmn.py reads it, or one of {list: type}, {range: type}, {context: {name: type}}, {function: {parameters, output}}.
// null is Any.
import { FeelDate } from 'feelin';
import { kindOf } from './kinds.js';
import { midnight } from './temporal.js';

/** Under this key a context of FEEL holds the Types (types.js) that its expressions may name. */
export const TYPES = Symbol('types');

const DAYS = 'days and time duration';
const MONTHS = 'years and months duration';
const kinds = {
  number: 'number', integer: 'number', long: 'number', double: 'number', string: 'string', boolean: 'boolean', date: 'date', time: 'time',
  'date and time': 'date and time', dateTime: 'date and time', dateAndTime: 'date and time', duration: 'duration',
  [DAYS]: DAYS, dayTimeDuration: DAYS, [MONTHS]: MONTHS, yearMonthDuration: MONTHS, Null: 'null',
};
const open = { list: { list: null }, range: { range: null }, context: { context: {} }, function: { function: { parameters: null, output: null } } };

/** The kind (kinds.js) that a builtin type's name stands for; `duration` for both durations; undefined for no such name. */
export const kindNamed = (name) => (Object.hasOwn(kinds, name) ? kinds[name] : undefined);

// A type written out, {kind} for a builtin one; null for Any; undefined for a name that nobody knows.
function written(type, definitions) {
  if (type === null || type === undefined || type === 'Any') return null;
  if (typeof type === 'string') {
    if (Object.hasOwn(definitions, type)) return written(definitions[type], definitions);
    if (Object.hasOwn(open, type)) return open[type];
    const kind = kindNamed(type);
    return kind && { kind };
  }
  if (!('collection' in type)) return type;
  if (type.collection) return { list: { ...type, collection: false } };
  if (type.components.length) return { context: Object.fromEntries(type.components.map((component) => [component.name, component])) };
  if (type.function) return { function: type.function };
  return written(type.base, definitions);
}

/** Whether a value is of a type as it is; null is of none, but an entry that is null is of any. */
export function isInstance(value, type, definitions) {
  const wanted = written(type, definitions);
  if (value === null || value === undefined) return wanted?.kind === 'null';
  if (wanted === null) return true;
  if (wanted === undefined) return false;
  const within = (member, inner) => (member ?? null) === null || isInstance(member, inner, definitions);
  const kind = kindOf(value);
  if (wanted.kind) return kind === wanted.kind || (wanted.kind === 'duration' && kind.endsWith(' duration'));
  if ('list' in wanted) return kind === 'list' && value.every((member) => isInstance(member, wanted.list, definitions));
  if ('range' in wanted) return kind === 'range' && within(value.start, wanted.range) && within(value.end, wanted.range);
  if (wanted.context) {
    return kind === 'context' && Object.entries(wanted.context).every(([name, inner]) => Object.hasOwn(value, name) && within(value[name], inner));
  }
  return kind === 'function' && conforms({ function: signature(value, definitions) }, wanted, definitions);
}

/** Whether every value of type `a` is one of type `b`; functions by the types of their parameters and of what they give. */
export function conforms(a, b, definitions) {
  const [from, to] = [written(a, definitions), written(b, definitions)];
  if (to === null) return true;
  if (!from || !to) return false;
  if (to.kind) return from.kind === to.kind || (to.kind === 'duration' && Boolean(from.kind?.endsWith(' duration')));
  for (const one of ['list', 'range']) if (one in to) return one in from && conforms(from[one], to[one], definitions);
  if (to.context) {
    return Boolean(from.context) && Object.entries(to.context).every(([name, inner]) => (
      Object.hasOwn(from.context, name) && conforms(from.context[name], inner, definitions)));
  }
  if (!from.function) return false;
  const [given, taken] = [from.function, to.function];
  return conforms(given.output, taken.output, definitions) && (taken.parameters === null || given.parameters === null
    || (given.parameters.length === taken.parameters.length
      && given.parameters.every((parameter, at) => conforms(taken.parameters[at], parameter, definitions) || written(parameter, definitions) === null)));
}

/** A value as a type: itself, alone out of a list of one, alone in a list, a date as its midnight; else null. */
export function fitted(value, type, definitions) {
  if ((value ?? null) === null || written(type, definitions) === null || isInstance(value, type, definitions)) return value ?? null;
  const only = Array.isArray(value) && value.length === 1 ? value[0] : [value];
  if (isInstance(only, type, definitions)) return only;
  return value instanceof FeelDate && written(type, definitions)?.kind === 'date and time' ? midnight(value) : null;
}

// What a function takes and gives. Of one drawn without a result's type, what it gives for nothing tells it.
function signature(made, definitions) {
  const { parameters = null, output } = made.signature ?? {};
  return { parameters, output: output === undefined && parameters ? typeOf(sample(made, parameters.length)) : output ?? null };
}

function sample(made, count) {
  try {
    return made.fn(...Array.from({ length: count }, () => null));
  } catch {
    return null;
  }
}

function typeOf(value) {
  const kind = kindOf(value);
  if (kind === 'null') return null;
  if (kind === 'list') return { list: value.length ? typeOf(value[0]) : null };
  if (kind === 'range') return { range: typeOf(value.start ?? value.end) };
  if (kind === 'context') return { context: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, typeOf(inner)])) };
  return kind === 'function' ? { function: { parameters: null, output: null, ...value.signature } } : kind;
}
