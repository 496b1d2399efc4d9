// What is wrong, by path: one place for the browser's verdicts and the server's.
import { FormContext, Validator } from '@bpmn-io/form-js-viewer';
import { useContext } from 'preact/hooks';
import { showPath, typeOf, valueFaults } from './walk.js';
import { say } from './messages.js';

// These show their faults part by part, and only what was asked to be checked.
const composite = new Set(['members', 'income']);

/** The service `faults`: `byPath` is `{path: message}`. */
export class Faults {
  byPath = {};

  /** Message by message below a path: `{rest of the path: message}`; '' is the field's own. */
  below(path) {
    return Object.fromEntries(Object.entries(this.byPath).flatMap(([fault, message]) => {
      if (fault !== path && !fault.startsWith(`${path}.`) && !fault.startsWith(`${path}[`)) return [];
      return [[fault.slice(path.length).replace(/^\./, ''), message]];
    }));
  }

  /** Replaces what is known of a path and below it. */
  replace(path, found) {
    for (const rest of Object.keys(this.below(path))) delete this.byPath[join(path, rest)];
    for (const [rest, message] of Object.entries(found)) this.byPath[join(path, rest)] = message;
  }
}

function join(path, rest) {
  return rest && !rest.startsWith('[') ? `${path}.${rest}` : path + rest;
}

/** The faults of a composite field: its own, those at a path, and those under one. */
export function useFaults(instance) {
  const faults = useContext(FormContext).getService('faults');
  const found = instance ? faults.below(showPath(instance.valuePath)) : {};
  return {
    own: found[''] ? [found['']] : [],
    at: (path) => found[path],
    under: (prefix) => Object.fromEntries(Object.entries(found).flatMap(([path, message]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), message]] : []))),
  };
}

/** form-js's validator with our types and our words. It judges a field while it is filled in. */
export class FieldValidator extends Validator {
  constructor(expressionLanguage, conditionChecker, form, formFieldRegistry, faults, page) {
    super(expressionLanguage, conditionChecker, form, formFieldRegistry);
    Object.assign(this, { faults, page });
  }

  validateFieldInstance(instance, value) {
    const field = this._formFieldRegistry.get(instance.id);
    if (!field) return [];
    const path = showPath(instance.valuePath);
    const known = this._form._getState().initialData ?? {};
    const found = Object.fromEntries(valueFaults(field, value, instance.expressionContextInfo, known, this.page.now())
      .map((fault) => [fault.path, say(fault, this.page.language)]).reverse());
    const old = this.faults.below(path);
    // While members are being filled in, only what was told before may still be wrong.
    this.faults.replace(path, composite.has(typeOf(field)) ? Object.fromEntries(Object.entries(found).filter(([rest]) => rest in old)) : found);
    return Object.values(this.faults.below(path));
  }
}
FieldValidator.$inject = ['expressionLanguage', 'conditionChecker', 'form', 'formFieldRegistry', 'faults', 'page'];
