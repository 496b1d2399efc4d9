// Reads and writes Zeebe's extension elements of an element; each write is one step of undo.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

/** The extension element of a type, undefined where there is none. */
export function extensionOf(element, type) {
  return getBusinessObject(element).extensionElements?.values?.find(({ $type }) => $type === type);
}

export class Extensions {
  constructor(bpmnFactory, modeling) {
    Object.assign(this, { bpmnFactory, modeling });
  }

  /** Sets attributes of an extension element, which is made where there is none. */
  write(element, type, attributes) {
    const found = extensionOf(element, type);
    if (found) this.modeling.updateModdleProperties(element, found, attributes);
    else this.add(element, this.bpmnFactory.create(type, attributes));
  }

  /** Gives a `zeebe:property` a value; an empty one takes it away. */
  writeProperty(element, name, value) {
    const kept = extensionOf(element, 'zeebe:Properties');
    const others = (kept?.properties ?? []).filter((property) => property.name !== name);
    const properties = value ? [...others, this.bpmnFactory.create('zeebe:Property', { name, value })] : others;
    properties.forEach((property) => { property.$parent = kept; });
    if (kept) this.modeling.updateModdleProperties(element, kept, { properties });
    else this.add(element, this.bpmnFactory.create('zeebe:Properties', { properties }));
  }

  add(element, extension) {
    const owner = getBusinessObject(element);
    const container = owner.extensionElements;
    if (container) {
      extension.$parent = container;
      this.modeling.updateModdleProperties(element, container, { values: [...container.values ?? [], extension] });
      return;
    }
    const made = this.bpmnFactory.create('bpmn:ExtensionElements', { values: [extension] });
    made.$parent = owner;
    extension.$parent = made;
    this.modeling.updateModdleProperties(element, owner, { extensionElements: made });
  }
}
Extensions.$inject = ['bpmnFactory', 'modeling'];

/** The value of a `zeebe:property`, "" where there is none. */
export function propertyOf(element, name) {
  return extensionOf(element, 'zeebe:Properties')?.properties?.find((property) => property.name === name)?.value ?? '';
}
