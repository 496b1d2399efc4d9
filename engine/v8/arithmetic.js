// Arithmetic and order of FEEL's values. `undefined` is said where an operator does not take what it is given.
import { FeelDate, FeelDuration, FeelTime } from 'feelin';
import { Temporal } from 'temporal-polyfill';
import { kindOf } from './kinds.js';
import { dateOf, momentOf } from './temporal.js';

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const ROUND = 146_097n * DAY; // 400 years
const MONTHS = 'years and months duration';
const TIME = 'days and time duration';
const isNumber = (value) => typeof value === 'number';

/** Months of a years and months duration, nanoseconds of a days and time duration. */
export function amount({ value: d, yearsMonths }) {
  if (yearsMonths) return d.years * 12 + d.months;
  const parts = [[d.weeks, 7n * DAY], [d.days, DAY], [d.hours, 3_600_000_000_000n], [d.minutes, 60_000_000_000n],
    [d.seconds, 1_000_000_000n], [d.milliseconds, 1_000_000n], [d.microseconds, 1000n], [d.nanoseconds, 1n]];
  return parts.reduce((sum, [count, unit]) => sum + BigInt(count) * unit, 0n);
}

// feelin's own constructor counts from 1970, and no farther than Temporal's years go.
function made(parts, yearsMonths) {
  const value = Temporal.Duration.from(parts);
  const iso = yearsMonths && value.sign === 0 ? 'P0M' : value.toString();
  return Object.defineProperty(Object.assign(Object.create(FeelDuration.prototype), { yearsMonths, iso }), 'value', { value, enumerable: false });
}

/** A years and months duration of so many months, fractions cut off. */
export function months(count) {
  if (!Number.isFinite(count)) return undefined;
  const whole = Math.trunc(count);
  return made({ years: Math.trunc(whole / 12), months: whole % 12 }, true);
}

/** A days and time duration of so many nanoseconds. */
export function nanoseconds(count) {
  const seconds = Number(count / SECOND);
  return made({
    days: Math.trunc(seconds / 86_400), hours: Math.trunc(seconds / 3600) % 24, minutes: Math.trunc(seconds / 60) % 60, seconds: seconds % 60,
    milliseconds: Number((count % SECOND) / 1_000_000n), microseconds: Number((count / 1000n) % 1000n), nanoseconds: Number(count % 1000n),
  }, false);
}

const YEARS_MONTHS = /^(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?$/;
const DAYS_TIME = /^(-?)P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/;

/** A duration from its text, of one of the two kinds; null if it is none, or too long to count. */
export function readDuration(text) {
  return within(() => {
    const [isMonths, sign, ...parts] = YEARS_MONTHS.exec(text) ?? [];
    if (isMonths !== undefined) return months((sign ? -1 : 1) * (Number(parts[0] ?? 0) * 12 + Number(parts[1] ?? 0)));
    const [isTime, minus, days, hours, minutes, seconds, fraction = ''] = DAYS_TIME.exec(text) ?? [];
    if (isTime === undefined) return null;
    const whole = [[days, 86_400n], [hours, 3600n], [minutes, 60n], [seconds, 1n]].reduce((sum, [count, unit]) => sum + BigInt(count ?? 0) * unit, 0n);
    const total = whole * SECOND + BigInt(fraction.padEnd(9, '0').slice(0, 9));
    return nanoseconds(minus ? -total : total);
  }) ?? null;
}

const duration = (count, kind) => (kind === MONTHS ? months(count) : nanoseconds(count));
const isDuration = (kind) => kind === MONTHS || kind === TIME;
const isMoment = (kind) => kind === 'date' || kind === 'date and time';

export function add(a, b) {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === right && (left === 'number' || left === 'string')) return a + b;
  if (left === right && isDuration(left)) return within(() => duration(amount(a) + amount(b), left));
  if (isDuration(right)) return shifted(a, left, b, 1);
  return isDuration(left) ? shifted(b, right, a, 1) : undefined;
}

export function subtract(a, b) {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === right && left === 'number') return a - b;
  if (left === right && isDuration(left)) return within(() => duration(amount(a) - amount(b), left));
  if (isDuration(right)) return shifted(a, left, b, -1);
  if (left === 'time' && right === 'time') return apart(a, b);
  return isMoment(left) && isMoment(right) ? apart(a, b) : undefined;
}

export function multiply(a, b) {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === 'number' && right === 'number') return a * b;
  if (isDuration(left) && isNumber(b)) return times(a, left, b);
  return isNumber(a) && isDuration(right) ? times(b, right, a) : undefined;
}

export function divide(a, b) {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === 'number' && right === 'number') return b === 0 ? null : a / b;
  if (isDuration(left) && isNumber(b)) return b === 0 ? null : times(a, left, 1 / b);
  if (!isDuration(left) || left !== right) return undefined;
  const [over, under] = [Number(amount(a)), Number(amount(b))];
  return under === 0 ? null : over / under;
}

export function negate(value) {
  const kind = kindOf(value);
  if (kind === 'number') return 0 - value;
  return isDuration(kind) ? duration(-amount(value), kind) : undefined;
}

function times(value, kind, factor) {
  if (kind === MONTHS) return months(amount(value) * factor);
  if (!Number.isFinite(factor)) return undefined;
  return within(() => nanoseconds(Number.isInteger(factor) ? amount(value) * BigInt(factor) : BigInt(Math.round(Number(amount(value)) * factor))));
}

// Beyond what Temporal can count.
function within(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function shifted(moment, kind, by, sign) {
  const length = sign < 0 ? by.value.negated() : by.value;
  return within(() => {
    if (kind === 'date') return dateOf(moment.value.toPlainDateTime().add(length).toPlainDate(), moment.rounds);
    if (kind === 'time') return by.yearsMonths ? undefined : new FeelTime(moment.value.add(length), moment.zone);
    if (kind !== 'date and time') return undefined;
    if (!moment.zone?.includes('/')) return momentOf(moment.value.add(length), moment.zone, moment.rounds);
    return momentOf(moment.value.toZonedDateTime(moment.zone).add(length).toPlainDateTime(), moment.zone, moment.rounds);
  });
}

// Two moments are apart what the clock shows, or, where both say their zone, what has really passed.
function apart(a, b) {
  if (a instanceof FeelDate && b instanceof FeelDate) return nanoseconds(instant(a) - instant(b));
  const zoned = [a, b].map((each) => each instanceof FeelDate || each.zone !== null);
  return zoned[0] === zoned[1] ? nanoseconds(instant(a) - instant(b)) : undefined;
}

/** Nanoseconds since 1970: a date is its midnight in UTC, what has no zone is as if in UTC. */
export function instant(value) {
  const plain = value instanceof FeelDate ? value.value.toPlainDateTime()
    : value instanceof FeelTime ? new Temporal.PlainDate(1970, 1, 1).toPlainDateTime(value.value) : value.value;
  const zone = value.zone ?? 'UTC';
  const seconds = /^([+-])(\d\d):(\d\d):(\d\d)$/.exec(zone);
  const away = BigInt(value.rounds ?? 0) * ROUND;
  if (!seconds) return plain.toZonedDateTime(zone).epochNanoseconds + away;
  const [, sign, hours, minutes, rest] = seconds;
  const offset = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) * 1_000_000_000n;
  return plain.toZonedDateTime('UTC').epochNanoseconds + away - (sign === '-' ? -offset : offset);
}

/** Negative, 0 or positive as `a` comes before, with or after `b`; null where they have no order. */
export function compare(a, b) {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return null;
  const [left, right] = [rank(a, kind), rank(b, kind)];
  if (left === undefined || right === undefined) return null;
  return left < right ? -1 : Number(left > right);
}

function rank(value, kind) {
  if (kind === 'number' || kind === 'string') return value;
  if (isDuration(kind)) return amount(value);
  return kind === 'date' || kind === 'time' || kind === 'date and time' ? instant(value) : undefined;
}
