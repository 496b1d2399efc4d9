// What a step needs of the house stands in the properties panel as a choice, not as a name to type: forms, sheets, roles,
// operations, decisions, processes, clauses. Zeebe's own fields for the same thing are taken out.
import { CheckboxEntry, SelectEntry, TextFieldEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextFieldEntryEdited }
  from '@bpmn-io/properties-panel';
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { useService } from 'bpmn-js-properties-panel';
import { awaiting, extensionOf, propertyOf } from './extensions.js';

const REFERENCES = [
  { types: ['bpmn:UserTask'], label: 'Form', extension: 'zeebe:FormDefinition', attribute: 'formId', from: 'forms' },
  { types: ['bpmn:ServiceTask', 'bpmn:SendTask'], label: 'Operation', extension: 'zeebe:TaskDefinition', attribute: 'type', from: 'operations' },
  { types: ['bpmn:BusinessRuleTask'], label: 'Decision', extension: 'zeebe:CalledDecision', attribute: 'decisionId', from: 'decisions' },
  { types: ['bpmn:CallActivity'], label: 'Process', extension: 'zeebe:CalledElement', attribute: 'processId', from: 'processes' }
];
const TAKEN_OUT = { groups: ['form', 'userTaskImplementation', 'businessRuleImplementation'], entry: /(taskDefinitionType|decisionId|targetProcessId|CandidateGroups)$/i };
const SIGNATURES = [['', 'None'], ['strokes', 'By hand'], ['password', 'By password']];

export class StepProperties {
  constructor(propertiesPanel, translate, choices) {
    Object.assign(this, { translate, choices });
    propertiesPanel.registerProvider(200, this);
  }

  getGroups(element) {
    return (groups) => {
      const [general, ...others] = groups.map((group) => this.without(group, element)).filter(Boolean);
      return [general, ...this.own(element), ...others].filter(Boolean);
    };
  }

  without(group, element) {
    if (TAKEN_OUT.groups.includes(group.id)) return null;
    if (!group.entries) return group;
    const kept = (entry) => !TAKEN_OUT.entry.test(entry.id) || (/groups/i.test(entry.id) && isExpression(groupsOf(element)));
    const entries = group.entries.filter(kept);
    return entries.length ? { ...group, entries } : null;
  }

  own(element) {
    const groups = [];
    const work = this.work(element);
    if (work.length) groups.push({ id: 'work', label: this.translate('Work'), entries: work });
    if (!is(element, 'bpmn:UserTask')) return groups;
    if (!isExpression(groupsOf(element))) groups.push({ id: 'doers', label: this.translate('Who does it'), entries: this.doers(element) });
    groups.push({ id: 'separate', label: this.translate('Not by whoever did'), entries: this.separated(element) });
    return groups;
  }

  work(element) {
    const entries = REFERENCES.filter(({ types }) => isAny(element, types)).map((reference) => ({
      id: reference.attribute, component: Reference, isEdited: isSelectEntryEdited, reference, element, options: this.choices[reference.from]
    }));
    if (is(element, 'bpmn:UserTask')) {
      entries.push(
        { id: 'sheet', component: Property, isEdited: isSelectEntryEdited, element, label: 'Sheet', options: [['', this.translate('As the form')], ...this.choices.sheets] },
        { id: 'signature', component: Property, isEdited: isSelectEntryEdited, element, label: 'Signature', options: SIGNATURES.map(([value, label]) => [value, this.translate(label)]) },
        { id: 'offline', component: Tick, isEdited: isCheckboxEntryEdited, element, label: 'May be taken along' }
      );
    }
    if (awaiting(element)) {
      entries.push({ id: 'awaited', component: Awaited, isEdited: isSelectEntryEdited, element, messages: this.choices.messages });
    }
    if (is(element, 'bpmn:FlowNode')) {
      entries.push({ id: 'clause', component: Clause, isEdited: isTextFieldEntryEdited, element, clauses: this.choices.clauses });
    }
    return entries;
  }

  doers(element) {
    return this.choices.groups.map(([value, label]) => ({
      id: `group-${value}`, component: Doer, isEdited: isCheckboxEntryEdited, element, value, label
    }));
  }

  separated(element) {
    const steps = getBusinessObject(element).$parent.flowElements.filter((step) => step.$type === 'bpmn:UserTask' && step.id !== element.id);
    return steps.map(({ id, name }) => ({
      id: `separate-${id}`, component: Separate, isEdited: isCheckboxEntryEdited, element, value: id, label: name || id
    }));
  }
}
StepProperties.$inject = ['propertiesPanel', 'translate', 'choices'];

function groupsOf(element) {
  return extensionOf(element, 'zeebe:AssignmentDefinition')?.candidateGroups ?? '';
}

const isExpression = (text) => text.startsWith('=');
const listed = (text) => text.split(',').map((part) => part.trim()).filter(Boolean);
const toggled = (text, value, on) => [...listed(text).filter((each) => each !== value), ...on ? [value] : []].join(',');

/** What is offered, and before it what stands in the drawing though nobody offers it. */
function offered(options, value) {
  const all = options.some(([each]) => each === value) ? options : [[value, value && `${value} ?`], ...options];
  return all.map(([each, label]) => ({ value: each, label }));
}

function Reference({ id, element, reference, options }) {
  const extensions = useService('extensions');
  const value = extensionOf(element, reference.extension)?.[reference.attribute] ?? '';
  return SelectEntry({
    id, element, label: useService('translate')(reference.label), getValue: () => value, getOptions: () => offered(options, value),
    setValue: (chosen) => extensions.write(element, reference.extension, { [reference.attribute]: chosen })
  });
}

function Property({ id, element, label, options }) {
  const extensions = useService('extensions');
  const value = propertyOf(element, id);
  return SelectEntry({
    id, element, label: useService('translate')(label), getValue: () => value, getOptions: () => offered(options, value),
    setValue: (chosen) => extensions.writeProperty(element, id, chosen)
  });
}

function Tick({ id, element, label }) {
  const extensions = useService('extensions');
  return CheckboxEntry({
    id, element, label: useService('translate')(label), getValue: () => propertyOf(element, id) === 'true',
    setValue: (on) => extensions.writeProperty(element, id, on ? 'true' : '')
  });
}

function Awaited({ id, element, messages }) {
  const extensions = useService('extensions');
  const translate = useService('translate');
  const value = awaiting(element).messageRef?.name ?? '';
  return SelectEntry({
    id, element, label: translate('Waits for the message'), getValue: () => value,
    getOptions: () => offered([['', translate('<none>')], ...messages], value),
    setValue: (chosen) => extensions.awaitMessage(element, chosen, messages.find(([name]) => name === chosen)?.[2])
  });
}

function Clause({ id, element, clauses }) {
  const extensions = useService('extensions');
  const translate = useService('translate');
  return TextFieldEntry({
    id, element, label: translate('Clause'), debounce: useService('debounceInput'),
    getValue: () => propertyOf(element, id),
    setValue: (value) => extensions.writeProperty(element, id, value?.trim()),
    validate: (value) => {
      const unknown = listed(value ?? '').find((clause) => !clauses.includes(clause));
      return unknown ? translate('There is no clause {clause}', { clause: unknown }) : undefined;
    }
  });
}

function Doer({ id, element, value, label }) {
  const extensions = useService('extensions');
  return CheckboxEntry({
    id, element, label, getValue: () => listed(groupsOf(element)).includes(value),
    setValue: (on) => extensions.write(element, 'zeebe:AssignmentDefinition', { candidateGroups: toggled(groupsOf(element), value, on) || undefined })
  });
}

function Separate({ id, element, value, label }) {
  const extensions = useService('extensions');
  return CheckboxEntry({
    id, element, label, getValue: () => listed(propertyOf(element, 'separate_from')).includes(value),
    setValue: (on) => extensions.writeProperty(element, 'separate_from', toggled(propertyOf(element, 'separate_from'), value, on))
  });
}
