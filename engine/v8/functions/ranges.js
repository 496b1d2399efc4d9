// 10.3.4.9 of the standard: how points and ranges lie to each other. A point is a range of itself alone.
import { builtins, FeelRange, replace } from 'feelin';
import { compare } from '../arithmetic.js';
import { define, defineAs } from './define.js';
import { makers } from './moments.js';

let createRange = null;
replace.createRange((current) => (createRange = current));

const POINT = 'number|string|date|time|date and time|duration';
const EITHER = `${POINT}|range`;

class Incomparable extends Error {}

function order(a, b) {
  const found = compare(a, b);
  if (found === null) throw new Incomparable();
  return found;
}

const isRange = (value) => value instanceof FeelRange;
const extent = (value) => (isRange(value)
  ? { start: value.start, end: value.end, from: value['start included'], to: value['end included'] }
  : { start: value, end: value, from: true, to: true });

const startsEqual = (a, b) => order(a.start, b.start) === 0 && a.from === b.from;
const endsEqual = (a, b) => order(a.end, b.end) === 0 && a.to === b.to;
const isBefore = (a, b) => { const found = order(a.end, b.start); return found < 0 || (found === 0 && !(a.to && b.from)); };
const startsFirst = (a, b) => { const found = order(a.start, b.start); return found < 0 || (found === 0 && a.from && !b.from); };
const endsLast = (a, b) => { const found = order(a.end, b.end); return found > 0 || (found === 0 && a.to && !b.to); };
const includes = (a, b) => !startsFirst(b, a) && !endsLast(b, a);
const overlap = (a, b) => !isBefore(a, b) && !isBefore(b, a);
const starts = (a, b) => startsEqual(a, b) && !endsLast(a, b);
const finishes = (a, b) => endsEqual(a, b) && !startsFirst(a, b);

const turned = (relation) => (a, b) => relation(b, a);
const RANGES = [['range1', 'range'], ['range2', 'range']];
const POINTS = (a, b) => [a, b];

const relations = {
  before: [POINTS(['a', EITHER], ['b', EITHER]), isBefore],
  after: [POINTS(['a', EITHER], ['b', EITHER]), turned(isBefore)],
  meets: [RANGES, (a, b) => a.to && b.from && order(a.end, b.start) === 0],
  'met by': [RANGES, (a, b) => b.to && a.from && order(b.end, a.start) === 0],
  overlaps: [RANGES, overlap],
  'overlaps before': [RANGES, (a, b) => startsFirst(a, b) && overlap(a, b) && !endsLast(a, b)],
  'overlaps after': [RANGES, (a, b) => startsFirst(b, a) && overlap(a, b) && !endsLast(b, a)],
  finishes: [POINTS(['a', EITHER], ['range', 'range']), finishes],
  'finished by': [POINTS(['range', 'range'], ['b', EITHER]), turned(finishes)],
  includes: [POINTS(['range', 'range'], ['b', EITHER]), includes],
  during: [POINTS(['a', EITHER], ['range', 'range']), turned(includes)],
  starts: [POINTS(['a', EITHER], ['range', 'range']), starts],
  'started by': [POINTS(['range', 'range'], ['b', EITHER]), turned(starts)],
  coincides: [POINTS(['a', EITHER], ['b', EITHER]), (a, b) => startsEqual(a, b) && endsEqual(a, b)],
};

// The standard's names of the first and the second parameter, in its several signatures.
const FIRST = ['point1', 'range1', 'point', 'range'];
const SECOND = ['point2', 'range2', 'range', 'point', 'value'];

for (const [name, [parameters, relation]] of Object.entries(relations)) {
  define(name, parameters, (a, b) => {
    try {
      return relation(extent(a), extent(b));
    } catch (error) {
      if (error instanceof Incomparable) return null;
      throw error;
    }
  });
  nameable(name);
}

function nameable(name) {
  const call = builtins[name];
  const names = [...new Set([...FIRST, ...SECOND])];
  defineAs(name, names, (...given) => {
    if (given.length <= 2) return call(...given);
    const named = Object.fromEntries(names.map((each, at) => [each, given[at]]).filter(([, value]) => value !== undefined));
    const pointFirst = ['during', 'finishes', 'starts'].includes(name) || !('range' in named);
    const [first, second] = [pointFirst ? ['point1', 'range1', 'point'] : ['range1', 'range', 'point1'], pointFirst ? ['range', ...SECOND] : SECOND.filter((each) => each !== 'range')]
      .map((keys) => keys.find((key) => key in named));
    return Object.keys(named).length === 2 && first && second && first !== second ? call(named[first], named[second]) : null;
  });
}

const LITERAL = '(?:-?\\d+(?:\\.\\d+)?|"(?:[^"\\\\]|\\\\.)*"|@"[^"]*"|(?:date|time|date and time|duration)\\("[^"]*"\\))';
const RANGE = new RegExp(`^\\s*([\\[(\\]])\\s*(${LITERAL})?\\s*\\.\\.\\s*(${LITERAL})?\\s*([\\])\\[])\\s*$`);

function literal(text) {
  if (text === undefined) return null;
  if (text.startsWith('"')) return JSON.parse(text);
  if (text.startsWith('@')) return makers['@'](text.slice(2, -1));
  const [, constructor, inside] = /^([a-z ]+)\("(.*)"\)$/.exec(text) ?? [];
  return constructor ? makers[constructor](inside) : Number(text);
}

define('range', [['from', 'string']], (text) => {
  const [, open, from, to, close] = RANGE.exec(text) ?? [];
  if (open === undefined || (from === undefined && to === undefined)) return null;
  const [start, end] = [literal(from), literal(to)];
  if ((from !== undefined && start === null) || (to !== undefined && end === null)) return null;
  if ((start === null && open === '[') || (end === null && close === ']')) return null;
  if (start !== null && end !== null && !(compare(start, end) <= 0 && compare(start, end) !== null)) return null;
  return createRange(start, end, open === '[', close === ']');
});
