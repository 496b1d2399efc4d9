// What every field has: its label, description, and what is wrong with it, tied together for who cannot see them.
import { FormContext } from '@bpmn-io/form-js-viewer';
import { useContext } from 'preact/hooks';

/** A service of the form, such as `page` (see module.js). */
export function useService(name) {
  return useContext(FormContext).getService(name);
}

/** The page's language and clock, and how to upload. */
export const usePage = () => useService('page');

/** Label, control and errors. `group`: several controls under one legend. */
export function Frame({ id, label, required, description, errors = [], group = false, kind = '', children }) {
  const name = <>{label}{required && <span class="ff-required" aria-hidden="true"> *</span>}</>;
  const notes = (
    <>
      {description && <p class="ff-description" id={`${id}-description`}>{description}</p>}
      {errors.length > 0 && <p class="ff-error" id={`${id}-error`} role="status">{errors.join('；')}</p>}
    </>
  );
  const style = `ff-field ${kind} ${errors.length ? 'ff-invalid' : ''}`;
  if (group) {
    return <fieldset class={style} id={id} tabIndex={-1} aria-describedby={described(id, errors, description)}><legend>{name}</legend>{notes}{children}</fieldset>;
  }
  return <div class={style}><label for={id}>{name}</label>{children}{notes}</div>;
}

/** The ids that describe a control. */
export function described(id, errors, description) {
  return [description && `${id}-description`, errors?.length && `${id}-error`].filter(Boolean).join(' ') || undefined;
}

/** The attributes of a control inside a Frame. */
export function controlOf({ domId, errors, field, disabled, readonly, onFocus, onBlur }) {
  return {
    id: domId, onFocus, onBlur, disabled: disabled || readonly, required: field.validate?.required,
    'aria-invalid': errors?.length > 0, 'aria-describedby': described(domId, errors, field.description),
  };
}

/** A Frame's properties from a field's. */
export function frameOf({ domId, field, errors }) {
  return { id: domId, label: field.label, required: field.validate?.required, description: field.description, errors };
}

/** form-js's description of a component of ours. */
export function configOf(type, name, emptyValue = null) {
  return { type, keyed: true, name, label: name, group: 'basic-input', emptyValue, create: (options = {}) => ({ label: name, ...options }) };
}
