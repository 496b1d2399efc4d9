// The names that an expression may use where it stands: what the drawing writes there, what its forms ask, the settings.
import { getVariablesForElement } from '@bpmn-io/extract-process-variables/zeebe';

export class NamesInReach {
  constructor(choices, elementRegistry) {
    Object.assign(this, { choices, elementRegistry });
  }

  async getVariablesForElement(businessObject) {
    const written = await getVariablesForElement(businessObject);
    const asked = this.elementRegistry.filter(({ type }) => type === 'bpmn:UserTask').flatMap(({ businessObject: step }) => {
      const form = step.extensionElements?.values?.find(({ $type }) => $type === 'zeebe:FormDefinition')?.formId;
      return (this.choices.keys[form] ?? []).map((name) => ({ name, info: step.name || step.id }));
    });
    const known = [...written, ...asked, { name: 'settings', entries: this.choices.settings.map(([name, info]) => ({ name, info })) }];
    return [...new Map(known.map((variable) => [variable.name, variable])).values()];
  }
}
NamesInReach.$inject = ['choices', 'elementRegistry'];
