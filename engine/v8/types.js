// DMN's types: what comes as JSON becomes what the drawing says it is, or is refused.
import { dateAndTime, duration, FeelDate, FeelDateTime, FeelDuration, FeelTime, parseDate, parseTime } from 'feelin';
import { Fault } from './fault.js';

const temporal = (Type, parse) => (value) => {
  if (value instanceof Type) return value;
  const read = typeof value === 'string' ? attempt(parse, value) : null;
  return read instanceof Type ? read : undefined;
};
const primitive = (type) => (value) => (typeof value === type ? value : undefined);

// Each returns undefined for what is none of its type.
const builtin = {
  number: primitive('number'),
  string: primitive('string'),
  boolean: primitive('boolean'),
  date: temporal(FeelDate, parseDate),
  time: temporal(FeelTime, parseTime),
  dateTime: temporal(FeelDateTime, dateAndTime),
  dayTimeDuration: temporal(FeelDuration, duration),
  yearMonthDuration: temporal(FeelDuration, duration),
};
const synonyms = {
  integer: 'number', long: 'number', double: 'number',
  'date and time': 'dateTime', 'days and time duration': 'dayTimeDuration', 'years and months duration': 'yearMonthDuration',
};

function attempt(parse, text) {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** The value as `type` (a typeRef, or an item definition's name in `types`); null is of every type. */
export function coerce(value, type, types, name) {
  if (value === null || value === undefined) return null;
  if (!type) return value;
  const defined = Object.hasOwn(types, type) ? types[type] : null;
  if (defined) return coerceDefined(value, defined, types, name);
  const plain = synonyms[type] ?? type;
  if (!Object.hasOwn(builtin, plain)) return value; // Any, or a type of another tool
  const result = builtin[plain](value);
  if (result === undefined) throw new Fault('wrong_input_type', { name, type });
  return result;
}

function coerceDefined(value, { base, collection, components }, types, name) {
  if (collection) {
    const list = Array.isArray(value) ? value : [value];
    return list.map((item) => coerceDefined(item, { base, collection: false, components }, types, name));
  }
  if (!components.length) return coerce(value, base, types, name);
  if (typeof value !== 'object' || Array.isArray(value)) throw new Fault('wrong_input_type', { name, type: base ?? 'context' });
  const result = { ...value };
  for (const component of components) {
    if (Object.hasOwn(value, component.name)) {
      result[component.name] = coerceDefined(value[component.name], component, types, `${name}.${component.name}`);
    }
  }
  return result;
}
