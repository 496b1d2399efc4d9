// What kind of value FEEL takes a JavaScript value for.
import { FeelDate, FeelDateTime, FeelDuration, FeelFunction, FeelRange, FeelTime } from 'feelin';

const classes = [
  [FeelDate, 'date'], [FeelTime, 'time'], [FeelDateTime, 'date and time'], [FeelRange, 'range'], [FeelFunction, 'function'],
];

/** The name of a value's type; durations are two types. */
export function kindOf(value) {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object') return typeof value;
  if (value instanceof FeelDuration) return value.yearsMonths ? 'years and months duration' : 'days and time duration';
  return classes.find(([type]) => value instanceof type)?.[1] ?? 'context';
}
