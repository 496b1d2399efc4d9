// What the form editor offers: form-js's components that a form of ours may hold (docs/forms.md), and our own with their
// properties. form-js's other components carry code or foreign addresses, and the check refuses them.
const REFUSED = ['html', 'iframe', 'image', 'table', 'button', 'filepicker', 'documentPreview', 'expression'];
const SIGNS = {
  area: '村', facts: '事', files: '附', idnumber: '证', income: '收', known: '知', members: '户', money: '元', phone: '话', signature: '签'
};
const BEGUN = { // what a new component needs beside its name
  ...Object.fromEntries(['radio', 'select', 'checklist', 'taglist'].map((type) => [type, { values: [{ label: '选项', value: '选项' }] }])),
  datetime: { subtype: 'date', dateLabel: '日期' },
  known: { of: 'textfield' }
};
const COMMON = ['key', 'label', 'description', 'required', 'readonly', 'disabled'];
const KNOWN_AS = ['textfield', 'textarea', 'number', 'datetime', 'phone', 'radio', 'select', 'area', 'money', 'checkbox'];

class Offered {
  constructor(formFields) {
    REFUSED.forEach((type) => delete formFields._formFields[type]);
    for (const [type, more] of Object.entries(BEGUN)) {
      const { config } = formFields.get(type);
      const { create } = config;
      config.create = (options) => ({ ...structuredClone(more), ...create(options) });
    }
    for (const [type, sign] of Object.entries(SIGNS)) {
      const { config } = formFields.get(type);
      config.icon = () => (
        <svg viewBox="0 0 54 54" width="54" height="54" aria-hidden="true">
          <rect x="9" y="13" width="36" height="28" rx="2" fill="none" stroke="currentColor" />
          <text x="27" y="34" text-anchor="middle" font-size="18" fill="currentColor">{sign}</text>
        </svg>
      );
      config.propertiesPanelEntries = COMMON;
    }
  }
}
Offered.$inject = ['formFields'];

/** The properties that only our own components have. */
class OwnProperties {
  constructor(propertiesPanel, translate) {
    this.translate = translate;
    propertiesPanel.registerProvider(this, 400);
  }

  getGroups(field, editField) {
    return (groups) => {
      const entries = this.entries(field, editField);
      if (!entries.length) return groups;
      const own = { id: 'own', label: this.translate('Own'), entries };
      return [groups[0], own, ...groups.slice(1)].filter(Boolean);
    };
  }

  entries(field, editField) {
    if (!field) return [];
    const entry = (name, label, more = {}) => ({
      id: `own-${name}`, component: more.options ? Choice : Text, field, editField, name, label: this.translate(label), ...more
    });
    const clause = entry('clause', 'Clause', { within: 'properties' });
    const own = {
      known: [entry('of', 'Known as', { options: KNOWN_AS })],
      files: [entry('maximum', 'At most', { number: true })],
      members: [entry('minimum', 'At least', { number: true }), entry('maximum', 'At most', { number: true })],
      area: [entry('valuesKey', 'Variable with the areas')],
    };
    return [...own[field.type] ?? [], clause];
  }
}
OwnProperties.$inject = ['propertiesPanel', 'translate'];

const without = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function read({ field, name, within }) {
  return (within ? field[within] ?? {} : field)[name] ?? '';
}

function write({ field, editField, name, within, number }, value) {
  const kept = value === '' ? undefined : number ? Number(value) : value;
  if (within) editField(field, [within], without({ ...field[within], [name]: kept }));
  else editField(field, [name], kept);
}

function Entry({ id, label, children }) {
  return (
    <div class="bio-properties-panel-entry" data-entry-id={id}>
      <label class="bio-properties-panel-label" for={`entry-${id}`}>{label}</label>
      {children}
    </div>
  );
}

function Text(props) {
  return (
    <Entry {...props}>
      <input id={`entry-${props.id}`} class="bio-properties-panel-input" type={props.number ? 'number' : 'text'} min="0"
        value={read(props)} onChange={({ target }) => write(props, target.value.trim())} />
    </Entry>
  );
}

function Choice(props) {
  return (
    <Entry {...props}>
      <select id={`entry-${props.id}`} class="bio-properties-panel-input" value={read(props)} onChange={({ target }) => write(props, target.value)}>
        {props.options.map((value) => <option key={value} value={value}>{value}</option>)}
      </select>
    </Entry>
  );
}

export const componentsModule = {
  __init__: ['offered', 'ownProperties'],
  offered: ['type', Offered],
  ownProperties: ['type', OwnProperties]
};
