// What an answer of each type of component must be. Browser and server run the same code.
// A check is `(value, field, context) => faults`; a fault is {path, code, params}, path within the value ('' for itself).
// `context` is {now (ISO, Asia/Shanghai), data (known and answered), options}.
import { idFault, isDate } from './idnumber.js';
import { incomeColumns, incomeRows } from './lists.js';
import { membersFaults } from './members.js';

const TEXT_LIMIT = 10000;
const MONEY_LIMIT = 1e10;
const STROKES = 200;
const POINTS = 5000;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]/u;
const MOBILE = /^1\d{10}$/;
const FIXED = /^0\d{2,3}-?\d{7,8}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

export const fault = (code, params = {}, path = '') => ({ path, code, params });
const one = (code, params) => [fault(code, params)];

export function text(value, limit = TEXT_LIMIT) {
  if (typeof value !== 'string') return one('not_text');
  if (value.length > limit) return one('too_long', { limit });
  return CONTROL.test(value) ? one('bad_characters') : [];
}

function number(value) {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? [] : one('not_a_number');
}

export function money(value, field = {}) {
  if (number(value).length) return one('not_a_number');
  if (value < 0) return one('money_negative');
  if (value >= MONEY_LIMIT) return one('too_large', { limit: MONEY_LIMIT - 1 });
  if (!/^\d+(\.\d{1,2})?$/.test(String(value))) return one('money_decimals');
  const { min, max } = field.validate ?? {};
  if (typeof min === 'number' && value < min) return one('too_small', { limit: min });
  return typeof max === 'number' && value > max ? one('too_large', { limit: max }) : [];
}

function datetime(value, field, { now }) {
  if (typeof value !== 'string') return one('not_a_date');
  const [date, time] = field.subtype === 'time' ? [null, value] : value.split('T');
  if (date !== null && !isDate(date)) return one('not_a_date');
  if (field.subtype !== 'date' && !TIME.test((time ?? '').replace(/(Z|[+-]\d{2}:\d{2})$/, ''))) return one('not_a_time');
  if (field.subtype === 'date' && time !== undefined) return one('not_a_date');
  return field.disallowPassedDates && date !== null && date < now.slice(0, 10) ? one('date_past') : [];
}

function choice(value, field, { options }) {
  return options.includes(value) ? [] : one('not_offered');
}

function choices(value, field, { options }) {
  if (!Array.isArray(value)) return one('not_a_list');
  if (value.some((entry) => !options.includes(entry))) return one('not_offered');
  return new Set(value).size < value.length ? one('twice') : [];
}

export function idnumber(value) {
  const faults = text(value, 30);
  if (faults.length) return faults;
  const code = idFault(value);
  return code ? one(code) : [];
}

export function phone(value) {
  const faults = text(value, 30);
  if (faults.length) return faults;
  return MOBILE.test(value) || FIXED.test(value) ? [] : one('bad_phone');
}

function area(value, field, { options }) {
  if (typeof value !== 'string' || !/^(\w{1,20}\/){1,6}$/.test(value)) return one('bad_area');
  // Without a list (an answer that comes by the API) the registry refuses what is no area.
  return options.length && !options.includes(value) ? one('not_offered') : [];
}

function income(value, field) {
  if (!isObject(value)) return one('not_an_object');
  const columns = field.columns ?? Object.keys(incomeColumns);
  return columns.flatMap((column) => {
    const cells = value[column] ?? {};
    if (!isObject(cells)) return [fault('not_an_object', {}, column)];
    return Object.keys(incomeRows).flatMap((row) => {
      const path = `${column}.${row}`;
      if (isEmpty(cells[row])) return field.validate?.required ? [fault('required', {}, path)] : [];
      return money(cells[row]).map((found) => ({ ...found, path }));
    });
  });
}

function signature(value) {
  if (!isObject(value) || !Array.isArray(value.strokes) || !isSize(value.width) || !isSize(value.height)) return one('bad_signature');
  if (value.strokes.length > STROKES) return one('signature_large');
  let points = 0;
  for (const stroke of value.strokes) {
    if (!Array.isArray(stroke)) return one('bad_signature');
    points += stroke.length;
    if (points > POINTS) return one('signature_large');
    if (!stroke.every((point) => Array.isArray(point) && point.length === 3 && point.every(Number.isFinite))) return one('bad_signature');
  }
  return [];
}

function files(value, field) {
  if (!Array.isArray(value)) return one('not_a_list');
  const limit = field.maximum ?? 20;
  if (value.length > limit) return one('too_many', { limit });
  const isFile = (file) => isObject(file) && /^[0-9a-f]{64}$/.test(file.sha256) && typeof file.name === 'string' && file.name.length <= 255
    && !CONTROL.test(file.name) && typeof file.media_type === 'string' && file.media_type.length <= 100 && Number.isSafeInteger(file.size) && file.size >= 0;
  return value.every(isFile) ? [] : one('bad_file');
}

export const checks = {
  textfield: (value) => text(value), textarea: (value) => text(value), number, datetime,
  checkbox: (value) => (typeof value === 'boolean' ? [] : one('not_boolean')),
  radio: choice, select: choice, checklist: choices, taglist: choices,
  idnumber, phone, money, area, income, signature, files, members: membersFaults,
};

// What the check's value is kept as: only what is asked, nothing that came along.
export const shapes = {
  signature: ({ width, height, strokes }) => ({ width, height, strokes }),
  files: (list) => list.map(({ sha256, name, media_type, size }) => ({ sha256, name, media_type, size })),
  income: (sheet, field) => Object.fromEntries((field.columns ?? Object.keys(incomeColumns)).map((column) => [column,
    Object.fromEntries(Object.keys(incomeRows).map((row) => [row, isEmpty(sheet[column]?.[row]) ? 0 : sheet[column][row]]))])),
};

/** Whether nothing was answered: for a signature, nothing drawn. */
export function isEmpty(value, type = '') {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return true;
  if (type === 'signature') return Array.isArray(value.strokes) && value.strokes.every((stroke) => Array.isArray(stroke) && !stroke.length);
  return false;
}

export function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isSize(value) {
  return Number.isFinite(value) && value > 0 && value <= 10000;
}
