// Functions and types as an expression writes them: `function(a: number) a + 1`, `instance of list<number>`.
import { FeelFunction, replace } from 'feelin';
import { fitted, isInstance, TYPES } from './typing.js';

class Written {
  constructor(type) {
    this.type = type;
  }
}

const typeIn = (args) => args.find((arg) => arg instanceof Written)?.type ?? null;
const conform = (value, type, context) => (context[TYPES] ? context[TYPES].conform(value, type) : fitted(value, type, {}));

/** What takes the place of feelin's nodes (see semantics.js). */
export const lambdas = {
  QualifiedName: ({ input }) => new Written(input.replace(/\s+/g, ' ').trim()),
  SpecialType: ({ input }) => new Written(input.replace(/\s+/g, ' ').trim()),
  ListType: ({ input }, args) => new Written({ [input.startsWith('list') ? 'list' : 'range']: typeIn(args) }),
  ContextEntryType: (node, args) => ({ name: args[0], type: typeIn(args) }),
  ContextType: (node, args) => new Written({ context: Object.fromEntries((args.find(Array.isArray) ?? []).map(({ name, type }) => [name, type])) }),
  ArgumentType: (node, args) => typeIn(args),
  ArgumentTypes: (node, args) => args,
  FunctionType: (node, args) => new Written({ function: { parameters: args.find(Array.isArray) ?? [], output: typeIn(args) } }),
  InstanceOfExpression: (node, args) => Object.assign(
    (context) => isInstance(args[0](context), args[3].type, context[TYPES]?.definitions ?? {}), { type: 'test' }),
  FormalParameter: (node, args) => ({ name: args[0], type: typeIn(args) }),
  FunctionDefinition: (node, args, warn) => (context) => {
    const [parameters, body] = [args[2], args[4]];
    if (body === 'external') { // another language's: nothing runs it
      warn(node, 'External functions are not carried out');
      return null;
    }
    const call = (...given) => body({
      ...context, ...Object.fromEntries(parameters.map(({ name, type }, at) => [name, conform(given[at] ?? null, type, context)])),
    });
    return exact(call, parameters.map(({ name }) => name), { parameters: parameters.map(({ type }) => type) });
  },
};

/** A function that wants as many arguments as it has parameters: else it gives null. `signature` has the types (typing.js). */
export function exact(call, names, signature) {
  const made = new FeelFunction(call, names);
  const invoke = (given) => {
    const byName = !Array.isArray(given);
    const fits = byName ? Object.keys(given).every((name) => names.includes(name)) && names.every((name) => Object.hasOwn(given, name))
      : given.length === names.length;
    return fits ? call(...(byName ? names.map((name) => given[name]) : given)) : null;
  };
  return Object.defineProperties(made, { invoke: { value: invoke, enumerable: false }, signature: { value: signature, enumerable: false } });
}

// The grammar has `list<…>` and no `range<…>`: where that is why a text does not parse, the one is read for the other.
const RANGE = /"(?:[^"\\]|\\.)*"|\/\/.*|\/\*[\s\S]*?\*\/|\brange(?=\s*<)/g;
const withRanges = (parse) => (text, ...around) => {
  const tree = parse(text, ...around);
  if (!/\brange\s*</.test(text) || !hasError(tree)) return tree;
  return parse(text.replace(RANGE, (found) => (found === 'range' ? ' list' : found)), ...around);
};

function hasError(tree) {
  let found = false;
  tree.iterate({ enter: ({ type }) => { found ||= type.isError; } });
  return found;
}

replace.parseExpression(withRanges);
replace.parseUnaryTests(withRanges);
