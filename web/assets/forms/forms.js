// `fangfanForm.mount(element, options)`: a form on a page. What a form may hold is told in docs/forms.md.
import { Form } from '@bpmn-io/form-js-viewer';
import { isEmpty } from './checks.js';
import { fangfanModule } from './module.js';
import { say } from './messages.js';
import { speakRows, unfolded } from './rows.js';
import { checkForm, rootNames, showPath } from './walk.js';
import { speaker } from './words.js';
import '@bpmn-io/form-js-viewer/dist/assets/form-js-base.css';
import './forms.css';

// What each step decides anew: an earlier step's answer of the same name is not shown as this one's.
const DECIDED_ANEW = /^(outcome|opinion|return_to|mend|files|.*_signature)$/;

/** Shows a form; returns {answer, validate, setErrors, focus, destroy}. */
export function mount(element, { schema, data = {}, draft = {}, errors = {}, readonly = false, onChange, upload = uploadDocument, addressOf = documentAddress, language = 'zh' }) {
  const tongue = language.startsWith('en') ? 'en' : 'zh';
  const page = { language: tongue, say: speaker(tongue), now: chinaTime, upload, addressOf };
  speakRows(page.say);
  const form = new Form({ container: element, properties: { readOnly: readonly }, additionalModules: [fangfanModule(page)] });
  const faults = form.get('faults');
  const asked = rootNames(schema.components ?? []);
  const anew = (name) => !readonly && DECIDED_ANEW.test(name) && asked.includes(name);
  const prefilled = Object.fromEntries(Object.entries(data).filter(([name]) => !anew(name)));
  form.importSchema(unfolded(schema), merged(prefilled, draft));
  if (onChange) form.on('field.updated', () => onChange());

  const check = () => checkForm(schema, form._getState().data, data, { now: chinaTime(), functions: {} });

  const show = (found) => {
    faults.byPath = { ...found };
    const byField = {};
    for (const { id, valuePath, indexes } of form.get('formFieldInstanceRegistry').getAllKeyed()) {
      const messages = Object.values(faults.below(showPath(valuePath)));
      if (messages.length) place(byField, [id, ...Object.values(indexes ?? {})], messages);
    }
    form._setState({ errors: byField });
  };

  if (Object.keys(errors).length) setTimeout(() => show(errors)); // the fields are there after the first rendering
  return {
    /** What is answered so far, unchecked: for a draft. */
    answer: () => check().data,
    /** Checks all fields and shows what is wrong. */
    validate() {
      const { data: answer, errors: found } = check();
      const told = Object.fromEntries(Object.entries(found).map(([path, fault]) => [path, say(fault, tongue)]));
      show(told);
      return { answer, errors: told };
    },
    /** Shows what the server found: {path: message}. */
    setErrors: show,
    /** Brings the field of an error's path into sight. */
    focus(path) {
      const instance = form.get('formFieldInstanceRegistry').getAllKeyed()
        .filter(({ valuePath }) => path.startsWith(showPath(valuePath)))
        .sort((a, b) => showPath(b.valuePath).length - showPath(a.valuePath).length)[0];
      if (instance) reveal(element, form, instance, path.slice(showPath(instance.valuePath).length));
    },
    destroy: () => form.destroy(),
  };
}

function reveal(element, form, instance, rest) {
  const at = /^\[(\d+)\]/.exec(rest)?.[1];
  const base = [...element.querySelectorAll('[id]')].map(({ id }) => id).find((id) => new RegExp(`^fjs-form-.*${instance.id}${indexSuffix(instance.indexes)}$`).test(id));
  // A member's card may be closed: then its line is shown, else the field itself.
  const ids = [`${base}${rest.replace(/[[\].]+/g, '-')}`, `${base}-${at}`, base];
  const target = ids.map((id) => document.getElementById(id)).find(Boolean);
  if (!target) return;
  target.scrollIntoView({ block: 'center' });
  (target.matches('fieldset') && !rest ? target.querySelector('input, select, textarea, button') ?? target : target).focus({ preventScroll: true });
}

function indexSuffix(indexes) {
  return Object.values(indexes ?? {}).map((index) => `_${index}`).join('');
}

function merged(data, draft) {
  const result = { ...data };
  for (const [name, value] of Object.entries(draft)) {
    const both = [value, result[name]].every((each) => each !== null && typeof each === 'object' && !Array.isArray(each));
    result[name] = both && !DECIDED_ANEW.test(name) ? merged(result[name], value) : value;
  }
  return result;
}

function place(into, path, value) {
  const last = path.at(-1);
  let target = into;
  for (const part of path.slice(0, -1)) target = target[part] ??= {};
  target[last] = value;
}

/** The present moment in Asia/Shanghai as ISO text, whatever the device's zone. */
function chinaTime() {
  return `${new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 23)}+08:00`;
}

const documentAddress = ({ sha256 }) => `/documents/${sha256}`;

async function uploadDocument(file) {
  const body = new FormData();
  body.append('file', file);
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
  const response = await fetch('/documents', { method: 'POST', body, headers: { 'X-CSRFToken': token, Accept: 'application/json' } });
  const stored = await response.json().catch(() => ({}));
  if (!response.ok || isEmpty(stored.sha256)) throw new Error(stored.detail ?? stored.title ?? '');
  return { sha256: stored.sha256, name: stored.name ?? file.name, media_type: stored.media_type ?? file.type, size: stored.size ?? file.size };
}

globalThis.fangfanForm = { mount };
