// Which names a piece of FEEL takes from outside.
import { builtins, parseExpression, parseUnaryTests } from 'feelin';
import { Context, DIALECT, parse } from './feel.js';

const EPOCH = '1970-01-01T00:00:00+08:00';

/**
 * The names that an expression (`kind` "evaluate") or a cell's unary tests ("unaryTest") uses: `possible` are all that it
 * does not surely bind itself; `needed` are those that are no builtin, and not inside a filter, where a name may be an
 * entry of the list's members. `valueless`: it is a range or a function, which no variable can hold, whatever the values
 * are (`=x` after a second equals sign is the range of what equals x). `known` are names that are no plain identifiers. Throws a Fault if it is no FEEL.
 */
export function names(expression, kind = 'evaluate', known = []) {
  const context = new Context(Object.fromEntries(known.map((name) => [name, null])), EPOCH);
  parse(kind, expression, context);
  const tree = (kind === 'unaryTest' ? parseUnaryTests : parseExpression)(expression, context.values, DIALECT);
  const possible = new Set();
  const needed = new Set();
  tree.iterate({
    enter({ node }) {
      if (node.name === 'QualifiedName') return false; // the name of a type
      if (node.name !== 'VariableName') return true;
      const name = text(node, expression);
      const { bound, filtered } = surroundings(node, name, expression);
      if (bound) return true;
      possible.add(name);
      if (!filtered && !Object.hasOwn(builtins, name)) needed.add(name);
      return true;
    },
  });
  return { needed: [...needed].sort(), possible: [...possible].sort(), valueless: VALUELESS.has(bare(tree.topNode).name) };
}

const VALUELESS = new Set(['SimplePositiveUnaryTest', 'FunctionDefinition']);

/** The node without what only wraps it. */
function bare(node) {
  const inner = node.name === 'ParenthesizedExpression' ? node.firstChild.nextSibling : node.firstChild;
  return ['Expression', 'ParenthesizedExpression'].includes(node.name) && inner ? bare(inner) : node;
}

const text = (node, expression) => expression.slice(node.from, node.to).replace(/`/g, '').replace(/\s+/g, ' ').trim();

/**
 * Whether something around a name binds it, and whether it stands in a filter. A context's key binds in the entries after
 * its own, an iteration's name in the later iterations and the body, a parameter in the function's body: so `{a: a}` and
 * `if a then {a: 1}` take the outer `a`.
 */
function surroundings(node, name, expression) {
  let filtered = false;
  for (let inner = node, outer = node.parent; outer; inner = outer, outer = outer.parent) {
    const first = outer.firstChild.from === inner.from;
    if (outer.name === 'FilterExpression' && !first) {
      if (name === 'item') return { bound: true, filtered };
      filtered = true;
    }
    if (outer.name === 'ForExpression' && name === 'partial') return { bound: true, filtered };
    if (binders(outer, inner).some((binder) => text(binder, expression) === name)) return { bound: true, filtered };
  }
  return { bound: false, filtered };
}

/** The nodes in `outer` whose names are bound where `inner`, one of its children, stands. */
function binders(outer, inner) {
  switch (outer.name) {
    case 'Context':
    case 'InExpressions':
      return earlier(outer, inner).map((entry) => entry.getChild('Key')?.getChild('Name') ?? entry.getChild('Name')).filter(Boolean);
    case 'ForExpression':
    case 'QuantifiedExpression':
      return inner.name === 'InExpressions' ? []
        : outer.getChild('InExpressions').getChildren('InExpression').map((entry) => entry.getChild('Name'));
    case 'FunctionDefinition':
      return (outer.getChild('FormalParameters')?.getChildren('FormalParameter') ?? []).map((entry) => entry.getChild('ParameterName'));
    default:
      return [];
  }
}

function earlier(outer, inner) {
  return [...outer.getChildren('ContextEntry'), ...outer.getChildren('InExpression')].filter((entry) => entry.to <= inner.from);
}
