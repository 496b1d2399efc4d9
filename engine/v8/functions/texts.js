// 10.3.4.3 of the standard: texts, counted in characters (code points); patterns are XPath's.
import { define } from './define.js';

const string = ['string', 'string'];
const match = ['match', 'string'];

define('substring', [string, ['start position', 'number'], ['length', 'number?']], (text, start, length) => {
  const characters = Array.from(text);
  const from = start < 0 ? characters.length + Math.trunc(start) : Math.trunc(start) - 1;
  if (Math.trunc(start) === 0 || from < 0 || (length !== null && length < 1)) return null;
  return characters.slice(from, length === null ? undefined : from + Math.trunc(length)).join('');
});
define('string length', [string], (text) => Array.from(text).length);
define('upper case', [string], (text) => text.toUpperCase());
define('lower case', [string], (text) => text.toLowerCase());
define('substring before', [string, match], (text, part) => text.slice(0, Math.max(0, text.indexOf(part))));
define('substring after', [string, match], (text, part) => (text.includes(part) ? text.slice(text.indexOf(part) + part.length) : ''));
define('contains', [string, match], (text, part) => text.includes(part));
define('starts with', [string, match], (text, part) => text.startsWith(part));
define('ends with', [string, match], (text, part) => text.endsWith(part));

define('matches', [['input', 'string'], ['pattern', 'string'], ['flags', 'string?']], (input, pattern, flags) => (
  expression(pattern, flags)?.test(input)));

define('replace', [['input', 'string'], ['pattern', 'string'], ['replacement', 'string'], ['flags', 'string?']], (input, pattern, replacement, flags) => {
  const found = expression(pattern, flags, 'g');
  if (!found || found.test('')) return null; // a pattern that matches nothing at all has no end
  found.lastIndex = 0;
  if (!flags?.includes('q') && /(?<!\\)(?:\\\\)*(?:\\(?![\\$])|\$(?!\d))/.test(replacement)) return null;
  if (flags?.includes('q')) return input.replace(found, () => replacement);
  return input.replace(found, (whole, ...rest) => {
    const groups = [whole, ...rest.filter((_, at) => at < groupsOf(found))];
    return replacement.replace(/\\([\\$])|\$(\d+)/g, (_, escaped, digits) => escaped ?? group(groups, digits));
  });
});

// `$12` is the twelfth group, or the first and then a 2 where there are fewer.
function group(groups, digits) {
  for (let length = digits.length; length > 1; length -= 1) {
    const number = Number(digits.slice(0, length));
    if (number < groups.length) return (groups[number] ?? '') + digits.slice(length);
  }
  return (groups[Number(digits[0])] ?? '') + digits.slice(1);
}

const groupsOf = (found) => new RegExp(`${found.source}|`, found.flags.replace('g', '')).exec('').length - 1;

define('split', [string, ['delimiter', 'string']], (text, delimiter) => {
  const found = expression(delimiter, null, 'g');
  if (!found) return null;
  const parts = [];
  let from = 0;
  for (const hit of text.matchAll(found)) {
    if (!hit[0]) continue;
    parts.push(text.slice(from, hit.index));
    from = hit.index + hit[0].length;
  }
  return [...parts, text.slice(from)];
});

define('string join', [['list', 'list'], ['delimiter', 'string?']], (list, delimiter) => (
  list.some((item) => item !== null && typeof item !== 'string') ? null : list.filter((item) => item !== null).join(delimiter ?? '')));

const escaped = /\\(?:[nrt\\|.?*+(){}$\-[\]^sSdDwWiIcC]|p\{[^}]+\}|P\{[^}]+\}|[1-9])/y;
const named = { i: '\\p{L}_:', c: '\\p{L}\\p{M}\\p{Nd}_:.\\-·' };

/** An XPath pattern as a regular expression; null if it is none. */
function expression(pattern, flags, more = '') {
  if (!/^[smixq]*$/.test(flags ?? '')) return null;
  const chosen = new Set(flags ?? '');
  const literal = chosen.has('q');
  const source = literal ? pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : translated(chosen.has('x') ? collapsed(pattern) : pattern);
  if (source === null) return null;
  const kept = [...chosen].filter((flag) => 'smi'.includes(flag)).join('');
  try {
    return new RegExp(source, `u${kept}${more}`);
  } catch {
    return null;
  }
}

// Blanks that do not count: all but those in a character class, even in the middle of an escape.
function collapsed(pattern) {
  return pattern.replace(/(\[(?:\\.|[^\]\\])*\])|\s+/g, (whole, characters) => characters ?? '');
}

// Where XPath's patterns are not JavaScript's: character classes may be subtracted, `\i` and `\c` are
// names' characters, `\w` and `\d` those of every script; (?…) but (?:…) is no pattern.
function translated(pattern) {
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') {
      escaped.lastIndex = at;
      const [whole] = escaped.exec(pattern) ?? [];
      if (!whole || (depth && /\d$/.test(whole))) return null;
      source += escape(whole, depth > 0);
      at += whole.length - 1;
    } else if (character === '[') {
      if (depth || pattern.indexOf(']', at) < 0) return null;
      depth += 1;
      source += character;
    } else if (character === ']') {
      if (!depth) return null;
      depth -= 1;
      source += character;
    } else if (character === '-' && depth && pattern[at + 1] === '[') {
      return subtracted(pattern, source, at);
    } else if (character === '(' && pattern[at + 1] === '?' && pattern[at + 2] !== ':' && !depth) return null;
    else source += character;
  }
  return source;
}

function escape(whole, inClass) {
  const set = { d: '\\p{Nd}', w: '[\\p{L}\\p{M}\\p{N}\\p{S}]', s: '\\s', i: `[${named.i}]`, c: `[${named.c}]` }[whole[1]];
  if (set) return inClass ? set.replace(/^\[|\]$/g, '') : set;
  const none = { D: '\\P{Nd}', W: '[^\\p{L}\\p{M}\\p{N}\\p{S}]', I: `[^${named.i}]`, C: `[^${named.c}]` }[whole[1]];
  if (none && whole.length === 2) return inClass && none.startsWith('[^') ? '\\P{L}' : none;
  return /^\\p\{Is/i.test(whole) ? block(whole) : whole;
}

function block(whole) {
  const [, negated, name] = /^\\(p|P)\{Is(.*)\}$/.exec(whole);
  const ranges = { BasicLatin: '\\u0000-\\u007F', 'Latin-1Supplement': '\\u0080-\\u00FF', CJKUnifiedIdeographs: '\\u4E00-\\u9FFF', Cyrillic: '\\u0400-\\u04FF', GreekandCoptic: '\\u0370-\\u03FF' };
  return ranges[name] ? `[${negated === 'P' ? '^' : ''}${ranges[name]}]` : whole;
}

// `[a-z-[aeiou]]`: what the second class has, the first has not.
function subtracted(pattern, before, at) {
  const end = pattern.indexOf(']]', at);
  if (end < 0) return null;
  const inner = translated(pattern.slice(at + 1, end + 1));
  const rest = translated(pattern.slice(end + 2));
  const start = before.lastIndexOf('[');
  return inner === null || rest === null ? null : `${before.slice(0, start)}(?:(?!${inner})${before.slice(start)}])${rest}`;
}
