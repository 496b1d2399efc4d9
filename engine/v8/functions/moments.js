// 10.3.4.1, 10.3.4.6 and 10.3.4.8 of the standard: dates, times and durations.
import { FeelDate, FeelDateTime, FeelDuration, FeelTime, parseDate, parseDateTime, parseTime } from 'feelin';
import { Temporal } from 'temporal-polyfill';
import { amount, instant, months, readDuration } from '../arithmetic.js';
import { kindOf } from '../kinds.js';
import { same } from '../semantics.js';
import { dateFrom, dateOf, midnight, momentOf } from '../temporal.js';
import { define, defineAs, defineMaker } from './define.js';

const MOMENT = 'date|date and time';
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

const orNull = (act) => {
  try {
    return act() ?? null;
  } catch {
    return null; // no such day, hour or zone
  }
};
const pad = (count) => String(count).padStart(2, '0');
const isWhole = (...values) => values.every(Number.isInteger);

/** Arguments under other names than the first signature's: what is given by `from` comes first. */
function fromOr(parameters, one, many) {
  return (...given) => {
    const from = given[parameters.length];
    const rest = given.slice(0, parameters.length);
    if (from !== undefined) return rest.some((each) => each !== undefined) ? null : one(single(from));
    while (rest.length && rest.at(-1) === undefined) rest.pop();
    return rest.length === 1 ? one(single(rest[0])) : many(...rest.map(single));
  };
}

const single = (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value);

const dateParts = ['year', 'month', 'day'];
const makeDate = fromOr(dateParts, (from) => {
  if (typeof from === 'string') return parseDate(from);
  if (from instanceof FeelDateTime) return dateOf(from.value.toPlainDate(), from.rounds);
  return from instanceof FeelDate ? from : null;
}, (year, month, day) => orNull(() => isWhole(year, month, day)
  && dateFrom(year, month, day) || null));

const timeParts = ['hour', 'minute', 'second', 'offset'];
const makeTime = fromOr(timeParts, (from) => {
  if (typeof from === 'string') return parseTime(from);
  if (from instanceof FeelDateTime) return new FeelTime(from.value.toPlainTime(), from.zone);
  if (from instanceof FeelDate) return new FeelTime(new Temporal.PlainTime(), 'UTC');
  return from instanceof FeelTime ? from : null;
}, (hour, minute, second, offset = null) => orNull(() => {
  if (!isWhole(hour, minute) || typeof second !== 'number' || second < 0 || second >= 60) return null;
  if (offset !== null && (!(offset instanceof FeelDuration) || offset.yearsMonths)) return null;
  const nanosecond = Math.round((second % 1) * 1e9);
  const value = Temporal.PlainTime.from({ hour, minute, second: Math.trunc(second) }, { overflow: 'reject' }).add({ nanoseconds: nanosecond });
  return offset === null ? new FeelTime(value) : parseTime(`${value}${offsetText(offset)}`);
}));

function offsetText(offset) {
  const seconds = Number(amount(offset) / 1_000_000_000n);
  const size = Math.abs(seconds);
  const text = `${seconds < 0 ? '-' : '+'}${pad(Math.trunc(size / 3600))}:${pad(Math.trunc(size / 60) % 60)}`;
  if (seconds === 0) return 'Z';
  return size % 60 ? `${text}:${pad(size % 60)}` : text;
}

const momentParts = ['date', 'time'];
const makeMoment = fromOr(momentParts, (from) => {
  if (typeof from === 'string') return parseDateTime(from);
  if (from instanceof FeelDate) return midnight(from);
  return from instanceof FeelDateTime ? from : null;
}, (date, time) => {
  if (!(date instanceof FeelDate || date instanceof FeelDateTime) || !(time instanceof FeelTime)) return null;
  const day = date instanceof FeelDate ? date.value : date.value.toPlainDate();
  return momentOf(day.toPlainDateTime(time.value), time.zone, date.rounds);
});

const makeDuration = (from) => {
  const given = single(from);
  return given instanceof FeelDuration ? given : typeof given === 'string' ? readDuration(given) : null;
};

define('years and months duration', [['from', MOMENT], ['to', MOMENT]], (from, to) => orNull(() => {
  const [start, end] = [from, to].map((each) => (each instanceof FeelDate ? each.value : each.value.toPlainDate()));
  const { years, months: rest } = start.until(end, { largestUnit: 'year' });
  return months((years + 400 * ((to.rounds ?? 0) - (from.rounds ?? 0))) * 12 + rest);
}));

const literal = (text) => {
  if (/^-?P/.test(text)) return readDuration(text);
  return (/^\d\d:/.test(text) ? parseTime : text.includes('T') ? parseDateTime : parseDate)(text);
};

/** What makes dates, times and durations, by its name; each gives null for what is none. */
export const makers = { date: makeDate, time: makeTime, 'date and time': makeMoment, duration: makeDuration, '@': literal };
defineMaker('date', [...dateParts, 'from'], makeDate);
defineMaker('time', [...timeParts, 'from'], makeTime);
defineMaker('date and time', [...momentParts, 'from'], makeMoment);
defineMaker('duration', ['from'], makeDuration);
defineMaker('@', ['string'], literal);

// The same kind, the same on the clock, and as far from UTC: `is` tells more apart than `=` does.
const onClock = (value) => (value.value ? String(value.value) : null);
defineAs('is', ['value1', 'value2'], (...given) => {
  if (given.length !== 2 || given.includes(undefined)) return null;
  const [a, b] = given;
  const [kind, other] = given.map(kindOf);
  if (kind !== other) return false;
  if (kind !== 'time' && kind !== 'date and time') return same(a, b);
  return onClock(a) === onClock(b) && (a.zone === null) === (b.zone === null) && instant(a) === instant(b);
});

define('day of year', [['date', MOMENT]], ({ value }) => value.dayOfYear);
define('day of week', [['date', MOMENT]], ({ value }) => DAYS[value.dayOfWeek - 1]);
define('month of year', [['date', MOMENT]], ({ value }) => MONTHS[value.month - 1]);
define('week of year', [['date', MOMENT]], ({ value }) => value.weekOfYear);
define('abs', [['n', 'number|duration']], (n) => (typeof n === 'number' ? Math.abs(n) : new FeelDuration(n.value.abs(), n.yearsMonths)));
