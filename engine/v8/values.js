// Between JSON and FEEL. What comes in is JSON; what goes out is JSON with dates, times and durations as ISO strings.
import { FeelDateTime, isFunction, isRange } from 'feelin';
import { Fault } from './fault.js';

/** A FEEL value as JSON. Ranges, functions and numbers that are none are no values for a case: they are faults. */
export function toJson(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Fault('not_a_number');
  if (typeof value === 'function' || isFunction(value) || isRange(value)) throw new Fault('not_a_value');
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof FeelDateTime && value.zone?.includes('/')) return withOffset(value);
  if (typeof value.toJSON === 'function') return value.toJSON();
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}

// A zone by its name is no ISO: its offset is.
function withOffset({ value, zone }) {
  return value.toZonedDateTime(zone).toString({ timeZoneName: 'never' });
}
