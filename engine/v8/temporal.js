// Dates and times as the standard has them, where feelin's differ: years before our era, beyond four digits and beyond what
// Temporal counts, strict texts, fractions of seconds.
import { FeelDate, FeelDateTime, parseTime, replace } from 'feelin';
import { Temporal } from 'temporal-polyfill';

const YEAR = '(-?(?:[1-9]\\d{4,8}|\\d{4}))';
const DATE = new RegExp(`^${YEAR}-(\\d\\d)-(\\d\\d)$`);
const DATE_TIME = new RegExp(`^${YEAR}-(\\d\\d)-(\\d\\d)(?:T(.+))?$`);
const TIME = /^(\d\d:\d\d)(?::\d\d(\.\d+)?)?(Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z]+(?:[\/_+-][A-Za-z0-9]+)*)?$/;
const MOST_OFFSET = 18 * 3600;

// The calendar comes round in 400 years: what lies beyond Temporal's years is kept as a day within them, and so many rounds.
const ROUND = 400;
const MOST_YEARS = 271_000;

const beyond = (Type) => class extends Type {
  constructor(rounds, ...given) {
    super(...given);
    Object.defineProperty(this, 'rounds', { value: rounds, enumerable: false });
    this.iso = this.iso.replace(/^\d+/, this.year);
  }

  get year() {
    return this.value.year + ROUND * this.rounds;
  }
};
const FarDate = beyond(FeelDate);
const FarDateTime = beyond(FeelDateTime);

/** A date of a Temporal.PlainDate, `rounds` of 400 years away from it. */
export const dateOf = (value, rounds = 0) => (rounds ? new FarDate(rounds, value) : new FeelDate(value));

/** A date and time of a Temporal.PlainDateTime, `rounds` of 400 years away from it. */
export const momentOf = (value, zone, rounds = 0) => (rounds ? new FarDateTime(rounds, value, zone) : new FeelDateTime(value, zone));

/** A date by its numbers; throws where there is no such day. */
export function dateFrom(year, month, day) {
  if (Math.abs(year) > 999_999_999) throw new RangeError('no such year');
  const rounds = Math.abs(year) > MOST_YEARS ? Math.trunc((year - 2000) / ROUND) : 0;
  return dateOf(Temporal.PlainDate.from({ year: year - ROUND * rounds, month, day }, { overflow: 'reject' }), rounds);
}

/** Midnight (UTC) of a date: what a date is where a date and time must be. */
export function midnight(date) {
  return momentOf(date.value.toPlainDateTime(), 'UTC', date.rounds);
}

// ISO 8601 has six digits and a sign where FEEL has as many as there are: `-002017-…` is `-2017-…`, `+012017-…` `12017-…`.
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
    return dateFrom(Number(year), Number(month), Number(day));
  } catch {
    return null; // no day of the calendar
  }
}

replace.parseDate(() => (text) => {
  const [, ...parts] = DATE.exec(text) ?? [];
  return parts.length ? plainDate(...parts) : null;
});
replace.parseTime((original) => (text) => (isTime(text) ? original(nanoseconds(text)) : null));
replace.parseDateTime(() => (text) => {
  const [, year, month, day, rest = '00:00:00'] = DATE_TIME.exec(text) ?? [];
  const date = year && plainDate(year, month, day);
  const time = date && parseTime(rest);
  return time ? momentOf(date.value.toPlainDateTime(time.value), time.zone, date.rounds) : null;
});
