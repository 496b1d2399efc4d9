// Walks a form over an answer: what is hidden falls away, what is asked is checked, what was not asked is dropped.
import { buildExpressionContext, ConditionChecker, FeelExpressionLanguage, Validator } from '@bpmn-io/form-js-viewer';
import { checks, fault, isEmpty, isObject, shapes } from './checks.js';
import { memberShape } from './members.js';
import { requiredCode, understand } from './messages.js';

const ROWS = 200;
const quiet = { fire() {} };
const language = new FeelExpressionLanguage(quiet);
const conditions = new ConditionChecker(null, null, language, quiet);
const choiceTypes = ['radio', 'select', 'checklist', 'taglist', 'area'];

/** The type that answers: of a known fact, the field's behind it. */
export function typeOf(field) {
  return field.type === 'known' ? field.of : field.type;
}

/**
 * Checks an answer. Returns `{data, errors}`: the data of what is asked and shown, and the faults by path.
 * `known` are the case's variables; `clock` is {now (ISO text), functions} for FEEL's now() and today().
 */
export function checkForm(schema, answer, known, clock) {
  const asked = isObject(answer) ? Object.fromEntries(rootNames(schema.components ?? []).flatMap(
    (name) => (Object.hasOwn(answer, name) ? [[name, answer[name]]] : []))) : {};
  // As in the browser: what is hidden does not speak in conditions, so the first walk only finds what is shown.
  const shown = walk(schema, asked, known, clock, asked);
  const { data, errors } = shown.settled ? shown : walk(schema, asked, known, clock, shown.data);
  return { data, errors };
}

function walk(schema, answer, known, clock, spoken) {
  const result = new Walk(answer, known, clock, spoken);
  result.components(schema.components ?? [], { path: [], scope: result.context, parent: null, indexes: [] });
  return result;
}

// The variables that the form asks for: what else came with the answer has no say.
export function rootNames(fields) {
  return [...new Set(fields.flatMap((field) => {
    if (field.type === 'group' && !field.path) return rootNames(field.components ?? []);
    const [root] = parts(field.key ?? field.path);
    return root && field.readonly !== true && field.disabled !== true ? [root] : [];
  }))];
}

class Walk {
  constructor(answer, known, clock, spoken) {
    this.answer = answer;
    this.known = known;
    this.now = clock.now;
    this.context = { ...known, ...spoken };
    this.clock = clock.functions;
    this.data = {};
    this.errors = {};
    this.settled = true; // until something answered turns out to be hidden or empty
  }

  expressionContext({ scope, parent, indexes }) {
    return { data: { ...this.context, ...this.clock }, this: scope, parent, i: indexes };
  }

  components(fields, place) {
    for (const field of fields) this.field(field, place);
  }

  field(field, place) {
    const info = this.expressionContext(place);
    if (field.conditional && conditions._checkHideCondition(field.conditional, buildExpressionContext(info))) {
      this.settled = false;
      return;
    }
    if (field.type === 'dynamiclist') this.rows(field, place);
    else if (field.type === 'group') this.components(field.components ?? [], { ...place, path: [...place.path, ...parts(field.path)] });
    else if (field.key && !isShut(field.readonly, info) && !isShut(field.disabled, info)) this.value(field, place, info);
  }

  rows(field, place) {
    const path = [...place.path, ...parts(field.path)];
    const rows = read(this.answer, path) ?? [];
    if (!Array.isArray(rows) || !rows.every(isObject)) return this.fail(path, fault('not_a_list'));
    if (rows.length > ROWS) return this.fail(path, fault('too_many', { limit: ROWS }));
    if (rows.length < (field.minimum ?? 0)) this.fail(path, fault('too_few', { limit: field.minimum }));
    write(this.data, path, rows.map(() => ({})));
    rows.forEach((row, at) => this.components(field.components ?? [], {
      path: [...path, at], scope: row, parent: place.scope, indexes: [...place.indexes, at + 1],
    }));
  }

  value(field, place, info) {
    const path = [...place.path, ...parts(field.key)];
    const type = typeOf(field);
    let value = read(this.answer, path);
    if (value === undefined && field.type === 'known') value = read(this.known, path);
    if (value === undefined && type === 'checkbox') value = false;
    if (value === '') this.settled = false;
    if (isEmpty(value, type)) value = Array.isArray(value) ? [] : null;
    for (const found of valueFaults(field, value, info, this.known, this.now)) this.fail(path, found);
    write(this.data, path, shaped(value, type, field));
  }

  fail(path, { path: within, code, params }) {
    const shown = showPath(path) + (within && !within.startsWith('[') ? `.${within}` : within);
    this.errors[shown] ??= { code, params };
  }
}

/** What is wrong with a field's value: `[{path within it, code, params}]`. `info` is form-js's expression context. */
export function valueFaults(drawn, value, info, known, now) {
  const field = { ...drawn, type: typeOf(drawn) };
  const { type } = field;
  if (isEmpty(value, type) && type !== 'members') return field.validate?.required ? [fault(requiredCode(type))] : [];
  if (type === 'members' && isEmpty(value) && !field.validate?.required && !field.minimum) return [];
  if (!checks[type]) return [];
  const options = choiceTypes.includes(type) ? offeredOptions(field, known, info).map((option) => option.value) : [];
  const found = checks[type](value ?? [], field, { now, known, options });
  return found.length ? found : formJsFaults(field, value, info);
}

/** form-js's own verdict on a value of its types: required, pattern, minimum, … */
function formJsFaults(field, value, info) {
  const validator = new Validator(language, conditions, null, { get: () => field });
  return validator.validateFieldInstance({ id: field.id, expressionContextInfo: info }, value)
    .map((text) => understand(text, field)).map(({ code, params }) => fault(code, params));
}

/** The options of a field as `[{label, value}]`. */
export function offeredOptions(field, known, info) {
  const list = field.valuesKey !== undefined || typeOf(field) === 'area' ? known[field.valuesKey ?? 'areas']
    : field.values ?? language.evaluate(field.valuesExpression, buildExpressionContext(info));
  return (Array.isArray(list) ? list : []).map((option) => (isObject(option) ? { label: String(option.label ?? option.value), value: option.value } : { label: String(option), value: option }));
}

function isShut(property, info) {
  return property === true || (typeof property === 'string' && language.evaluate(property, buildExpressionContext(info)) === true);
}

function shaped(value, type, field) {
  if (type === 'members') return Array.isArray(value) ? value.map((member) => (isObject(member) ? memberShape(member) : {})) : [];
  try {
    return value !== null && shapes[type] ? shapes[type](value, field) : value;
  } catch {
    return null; // its faults are told already
  }
}

function parts(path) {
  return path ? String(path).split('.') : [];
}

function read(from, path) {
  return path.reduce((value, part) => (value !== null && typeof value === 'object' && Object.hasOwn(value, part) ? value[part] : undefined), from);
}

function write(into, path, value) {
  const last = path.at(-1);
  let target = into;
  for (const part of path.slice(0, -1)) {
    if (!Object.hasOwn(target, part) || target[part] === null || typeof target[part] !== 'object') target[part] = {};
    target = target[part];
  }
  target[last] = value;
}

/** A path as people and errors name it: `members[2].id_number`. */
export function showPath(path) {
  return path.reduce((shown, part) => (typeof part === 'number' ? `${shown}[${part}]` : shown ? `${shown}.${part}` : part), '');
}
