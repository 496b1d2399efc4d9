// 10.3.4.4 of the standard: lists. Members are the same by FEEL's equality.
import { compare, amount, months, nanoseconds } from '../arithmetic.js';
import { kindOf } from '../kinds.js';
import { same } from '../semantics.js';
import { define, defineAs, defineOfList } from './define.js';

const list = ['list', 'list'];
const numbers = (body) => (members) => (members.length && members.every((member) => typeof member === 'number') ? body(members) : null);
const total = (members) => members.reduce((sum, member) => sum + member, 0);

function most(sign) {
  return (members) => {
    let best = members[0] ?? null;
    for (const member of members) {
      const order = compare(member, best);
      if (order === null) return null;
      if (order * sign > 0) best = member;
    }
    return best;
  };
}

// Durations of one kind are summed like numbers.
function summed(divide) {
  return (members) => {
    const kind = kindOf(members[0]);
    if (!members.length || !members.every((member) => kindOf(member) === kind)) return null;
    if (kind === 'number') return total(members) / (divide ? members.length : 1);
    if (kind === 'years and months duration') return months(total(members.map(amount)) / (divide ? members.length : 1));
    if (kind !== 'days and time duration') return null;
    return nanoseconds(members.map(amount).reduce((sum, each) => sum + each, 0n) / BigInt(divide ? members.length : 1));
  };
}

defineOfList('min', most(-1));
defineOfList('max', most(1));
defineOfList('sum', summed(false));
defineOfList('mean', summed(true));
defineOfList('product', numbers((members) => members.reduce((product, member) => product * member, 1)));
defineOfList('median', numbers((members) => {
  const sorted = [...members].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}));
defineOfList('stddev', numbers((members) => {
  const mean = total(members) / members.length;
  return members.length < 2 ? null : Math.sqrt(total(members.map((member) => (member - mean) ** 2)) / (members.length - 1));
}));
defineOfList('mode', (members) => {
  if (members.some((member) => typeof member !== 'number')) return null;
  const counts = new Map();
  for (const member of members) counts.set(member, (counts.get(member) ?? 0) + 1);
  const highest = Math.max(...counts.values());
  return [...counts].filter(([, count]) => count === highest).map(([member]) => member).sort((a, b) => a - b);
});
defineOfList('all', (members) => decided(members, false));
defineOfList('any', (members) => decided(members, true));

function decided(members, decides) {
  if (members.includes(decides)) return decides;
  return members.every((member) => typeof member === 'boolean') ? !decides : null;
}

define('count', [list], (members) => members.length);
define('list contains', [list, ['element', 'any?']], (members, element) => members.some((member) => same(member, element)));
define('index of', [list, ['match', 'any?']], (members, match) => members.flatMap((member, at) => (same(member, match) ? [at + 1] : [])));
define('reverse', [list], (members) => [...members].reverse());
define('flatten', [list], (members) => members.flat(Infinity));
define('distinct values', [list], distinct);
define('sublist', [list, ['start position', 'number'], ['length', 'number?']], (members, start, length) => {
  const from = place(members, start);
  if (from === null || (length !== null && (length < 1 || from + length > members.length))) return null;
  return members.slice(from, length === null ? undefined : from + Math.trunc(length));
});
define('insert before', [list, ['position', 'number'], ['newItem', 'any?']], (members, position, newItem) => {
  const at = place(members, position);
  return at === null ? null : members.toSpliced(at, 0, newItem);
});
define('remove', [list, ['position', 'number']], (members, position) => {
  const at = place(members, position);
  return at === null ? null : members.toSpliced(at, 1);
});
define('list replace', [list, ['position', 'number|function?'], ['newItem', 'any?'], ['match', 'function?']], (members, position, newItem, match) => {
  const where = position ?? match;
  if (where === null) return null;
  if (typeof where === 'number') {
    const at = place(members, where);
    return at === null ? null : members.with(at, newItem);
  }
  const verdicts = members.map((member) => where.invoke([member, newItem]));
  if (verdicts.some((verdict) => typeof verdict !== 'boolean')) return null;
  return members.map((member, at) => (verdicts[at] ? newItem : member));
});
define('sort', [list, ['precedes', 'function?']], (members, precedes) => {
  const order = precedes === null ? compare : (a, b) => (precedes.invoke([a, b]) === true ? -1 : precedes.invoke([b, a]) === true ? 1 : 0);
  let comparable = true;
  const sorted = [...members].sort((a, b) => {
    const found = order(a, b);
    comparable &&= found !== null;
    return found ?? 0;
  });
  return comparable ? sorted : null;
});

defineAs('append', ['list', '...item'], (first, ...items) => (first === null || first === undefined ? null : [...members(first), ...items.map((item) => item ?? null)]));
defineAs('concatenate', ['...list'], (...lists) => (lists.some((each) => (each ?? null) === null) ? null : lists.flatMap(members)));
defineAs('union', ['...list'], (...lists) => (lists.some((each) => (each ?? null) === null) ? null : distinct(lists.flatMap(members))));

const members = (value) => (Array.isArray(value) ? value : [value]);

function distinct(all) {
  const seen = [];
  for (const member of all) if (!seen.some((each) => same(each, member))) seen.push(member);
  return seen;
}

/** Where a position of FEEL (1 the first, -1 the last) is; null outside. */
function place(all, position) {
  const at = position < 0 ? all.length + Math.trunc(position) : Math.trunc(position) - 1;
  return at < 0 || at >= all.length || position === 0 ? null : at;
}
