// Between JSON and FEEL. What comes in is JSON; what goes out is JSON with dates, times and durations as ISO strings.
import { FeelDateTime, isFunction, isRange } from 'feelin';
import { Fault } from './fault.js';

/**
 * A FEEL value as JSON. Ranges, functions and numbers that are none are no values for a case: they are faults, or null
 * where what is `shown` is only told on the way.
 */
export function toJson(value, shown = false) {
  if (value === null || value === undefined) return null;
  const fault = faultOf(value);
  if (fault && shown) return null;
  if (fault) throw new Fault(fault);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => toJson(item, shown));
  if (value instanceof FeelDateTime && value.zone?.includes('/')) return withOffset(value);
  if (typeof value.toJSON === 'function') return value.toJSON();
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry, shown)]));
}

function faultOf(value) {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'not_a_number';
  return typeof value === 'function' || isFunction(value) || isRange(value) ? 'not_a_value' : null;
}

// A zone by its name is no ISO: its offset is.
function withOffset({ value, zone, year }) {
  const text = value.toZonedDateTime(zone).toString({ timeZoneName: 'never' });
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}${text.slice(text.indexOf('-', 1))}`;
}
