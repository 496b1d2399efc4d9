// 10.3.4.10 of the standard: contexts.
import { kindOf } from '../kinds.js';
import { define, defineAs, defineOfList } from './define.js';

const context = ['m', 'context'];
const isContext = (value) => kindOf(value) === 'context';

defineAs('get value', ['m', 'key', 'keys'], (m, key, keys) => {
  const path = keys === undefined ? [key].flat() : [keys].flat();
  if (!isContext(m) || !path.length || (key !== undefined && keys !== undefined)) return null;
  return path.reduce((value, step) => (isContext(value) && typeof step === 'string' && Object.hasOwn(value, step) ? value[step] : null), m);
});
define('get entries', [context], (m) => Object.entries(m).map(([key, value]) => ({ key, value })));

defineOfList('context', (entries) => {
  const fits = (entry) => isContext(entry) && typeof entry.key === 'string' && Object.hasOwn(entry, 'value');
  const keys = entries.map((entry) => entry?.key);
  return entries.every(fits) && new Set(keys).size === keys.length ? Object.fromEntries(entries.map(({ key, value }) => [key, value])) : null;
}, 'entries');
defineOfList('context merge', (contexts) => (contexts.every(isContext) ? Object.assign({}, ...contexts) : null), 'contexts');

defineAs('context put', ['context', 'key', 'value', 'keys'], (m, key, value, keys) => {
  const path = keys === undefined ? [key].flat() : key === undefined && Array.isArray(keys) ? keys : [];
  return value === undefined || !path.length || !path.every((step) => typeof step === 'string') ? null : put(m, path, value);
});

function put(m, [key, ...rest], value) {
  if (!isContext(m)) return null;
  const inner = rest.length ? put(m[key] ?? null, rest, value) : value;
  return rest.length && inner === null ? null : { ...m, [key]: inner };
}
