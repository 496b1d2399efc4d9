// How builtin functions are given to feelin's interpreter, in the place of its own.
import { builtins, invalidArguments } from 'feelin';
import { kindOf } from '../kinds.js';

/**
 * Defines `name` by its parameters, `[name, kinds]`: kinds is what the argument may be, `|` between them (`any` is all but
 * null; a `?` at the end lets it be left out or null). An argument that is none of it makes the call null, as does a wrong
 * count of them. A list with one member stands for the member, and a member for a list of one, where only that fits.
 */
export function define(name, parameters, body) {
  const takes = parameters.map(([, kinds]) => taker(kinds));
  const required = parameters.filter(([, kinds]) => !kinds.endsWith('?')).length;
  const call = (...given) => {
    while (given.length && given.at(-1) === undefined) given.pop();
    if (given.length > parameters.length || given.length < required) return null;
    const fitted = takes.map((take, at) => take(given[at]));
    return fitted.includes(wrong) ? null : body(...fitted) ?? null;
  };
  defineAs(name, parameters.map(([parameter]) => parameter), call);
}

/** Defines a function that looks at its arguments itself. */
export function defineAs(name, parameters, call) {
  builtins[name] = Object.assign(call, { $args: parameters });
}

/** Defines a function that makes a value of what may be none: that it does not is a mistake, and not only null. */
export function defineMaker(name, parameters, make) {
  defineAs(name, parameters, (...given) => make(...given) ?? invalidArguments(`${name}({given}) is no value`, { given: given[0] }));
}

/** Defines a function of one list, or of its members as so many arguments; `body` gets the list. */
export function defineOfList(name, body, parameter = 'list') {
  const call = (...given) => {
    if (!given.length) return null;
    return body(given.length === 1 && Array.isArray(given[0]) ? given[0] : given) ?? null;
  };
  defineAs(name, [`...${parameter}`], call);
}

const wrong = Symbol('wrong');

function taker(text) {
  const optional = text.endsWith('?');
  const kinds = new Set(text.replace(/\?$/, '').split('|'));
  const fits = (value) => (kinds.has('any') ? kindOf(value) !== 'null' : kinds.has(kindOf(value)) || kinds.has('duration') && kindOf(value).endsWith(' duration'));
  return (value) => {
    if (value === undefined || value === null) return optional ? null : wrong;
    if (fits(value)) return value;
    if (Array.isArray(value) && value.length === 1 && fits(value[0])) return value[0];
    return kinds.has('list') ? [value] : wrong;
  };
}
