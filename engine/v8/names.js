// Which names a piece of FEEL takes from outside.
import { builtins, parseExpression, parseUnaryTests } from 'feelin';
import { Context, DIALECT, parse } from './feel.js';

const EPOCH = '1970-01-01T00:00:00+08:00';

/**
 * The names that an expression (`kind` "evaluate") or a cell's unary tests ("unaryTest") uses: `possible` are all that it
 * does not surely bind itself; `needed` are those that are no builtin, and not inside a filter, where a name may be an
 * entry of the list's members. `known` are names that are no plain identifiers. Throws a Fault if it is no FEEL.
 */
export function names(expression, kind = 'evaluate', known = []) {
  const context = new Context(Object.fromEntries(known.map((name) => [name, null])), EPOCH);
  parse(kind, expression, context);
  const tree = (kind === 'unaryTest' ? parseUnaryTests : parseExpression)(expression, context.values, DIALECT);
  const { used, bound, keys } = collect(tree, expression);
  const possible = new Set();
  const needed = new Set();
  for (const { name, filtered, ownKey } of used) {
    if (bound.has(name) || (keys.has(name) && !ownKey)) continue;
    possible.add(name);
    if (!filtered && !Object.hasOwn(builtins, name)) needed.add(name);
  }
  return { needed: [...needed].sort(), possible: [...possible].sort() };
}

function collect(tree, expression) {
  const used = [];
  const bound = new Set(['item', 'partial']);
  const keys = new Set();
  let filters = 0;
  tree.iterate({
    enter({ name, from, to, node }) {
      const text = () => expression.slice(from, to).replace(/`/g, '').replace(/\s+/g, ' ');
      if (name === 'VariableName') used.push({ name: text(), filtered: filters > 0, ownKey: isOwnKey(node, text(), expression) });
      // A context's keys bind names in the entries after them, `for`, quantifiers and parameters everywhere; the names of
      // arguments in a call bind nothing.
      else if (name === 'Name' && node.parent?.name === 'Key') keys.add(text());
      else if (['Name', 'ParameterName'].includes(name) && node.parent?.name !== 'NamedParameter') bound.add(text());
      else if (name === '[' && node.parent?.name === 'FilterExpression') filters += 1;
      else if (name === ']' && node.parent?.name === 'FilterExpression') filters -= 1;
    },
  });
  return { used, bound, keys };
}

/** Whether a name stands in the value of the context entry that it names: `{a: a}` takes the outer `a`. */
function isOwnKey(node, name, expression) {
  for (let parent = node.parent; parent; parent = parent.parent) {
    const key = parent.name === 'ContextEntry' && parent.getChild('Key');
    if (key && expression.slice(key.from, key.to).trim() === name) return true;
  }
  return false;
}
