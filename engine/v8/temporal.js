// Dates and times as the standard has them, where feelin's differ: years before our era and beyond four digits, strict
// texts, fractions of seconds.
import { FeelDate, FeelDateTime, parseTime, replace } from 'feelin';
import { Temporal } from 'temporal-polyfill';

const YEAR = '(-?(?:[1-9]\\d{4,8}|\\d{4}))';
const DATE = new RegExp(`^${YEAR}-(\\d\\d)-(\\d\\d)$`);
const DATE_TIME = new RegExp(`^${YEAR}-(\\d\\d)-(\\d\\d)(?:T(.+))?$`);
const TIME = /^(\d\d:\d\d)(?::\d\d(\.\d+)?)?(Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z]+(?:[\/_+-][A-Za-z0-9]+)*)?$/;
const MOST_OFFSET = 18 * 3600;

/** Midnight (UTC) of a date: what a date is where a date and time must be. */
export function midnight(date) {
  return new FeelDateTime(date.value.toPlainDateTime(), 'UTC');
}

// ISO 8601 has six digits and a sign where FEEL has as many as there are: `-002017-…` is `-2017-…`, `+012017-…` `12017-…`.
const expanded = (year) => (/^\d{4}$/.test(year) ? year : `${year.startsWith('-') ? '-' : '+'}${year.replace('-', '').padStart(6, '0')}`);
const shortened = (iso) => iso.replace(/^([+-])(\d{6})-/, (_, sign, digits) => `${sign === '-' ? '-' : ''}${String(Number(digits)).padStart(4, '0')}-`);

for (const Type of [FeelDate, FeelDateTime]) {
  const text = function () { return shortened(this.iso); };
  Object.assign(Type.prototype, { toString: text, toJSON: text });
}

function isTime(text) {
  const [, , , zone] = TIME.exec(text) ?? [];
  if (!TIME.test(text)) return false;
  const offset = /^[+-](\d\d):(\d\d)/.exec(zone ?? '');
  return !offset || (Number(offset[2]) < 60 && Number(offset[1]) * 3600 + Number(offset[2]) * 60 <= MOST_OFFSET);
}

// Temporal counts to the nanosecond.
const nanoseconds = (text) => text.replace(/(\.\d{9})\d+/, '$1');

function plainDate(year, month, day) {
  if (year === '-0000') return null;
  try {
    return Temporal.PlainDate.from(`${expanded(year)}-${month}-${day}`);
  } catch {
    return null; // no day of the calendar, or none that Temporal reaches
  }
}

replace.parseDate(() => (text) => {
  const [, ...parts] = DATE.exec(text) ?? [];
  const value = parts.length ? plainDate(...parts) : null;
  return value && new FeelDate(value);
});
replace.parseTime((original) => (text) => (isTime(text) ? original(nanoseconds(text)) : null));
replace.parseDateTime(() => (text) => {
  const [, year, month, day, rest = '00:00:00'] = DATE_TIME.exec(text) ?? [];
  const date = year && plainDate(year, month, day);
  const time = date && parseTime(rest);
  return time ? new FeelDateTime(date.toPlainDateTime(time.value), time.zone) : null;
});
