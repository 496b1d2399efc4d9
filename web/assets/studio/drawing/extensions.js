// Reads and writes Zeebe's extension elements of an element; each write is one step of undo.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

const CATCHES = ['bpmn:StartEvent', 'bpmn:IntermediateCatchEvent', 'bpmn:BoundaryEvent'];

/** The extension element of a type, undefined where there is none. */
export function extensionOf(element, type) {
  return getBusinessObject(element).extensionElements?.values?.find(({ $type }) => $type === type);
}

export class Extensions {
  constructor(bpmnFactory, commandStack, modeling) {
    Object.assign(this, { bpmnFactory, commandStack, modeling });
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

  /** Lets an element wait for the message of that name, which is made where the file has none; "" for none. */
  awaitMessage(element, name, correlationKey) {
    const holder = awaiting(element);
    const commands = [];
    const change = (moddleElement, properties) => commands.push({ cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties } });
    const root = rootOf(holder);
    let message = name && root.rootElements.find(({ $type, name: known }) => $type === 'bpmn:Message' && known === name);
    if (name && !message) {
      message = this.message(name, correlationKey);
      message.$parent = root;
      change(root, { rootElements: [...root.rootElements, message] });
    }
    change(holder, { messageRef: message || undefined });
    this.commandStack.execute('properties-panel.multi-command-executor', commands);
  }

  message(name, correlationKey) {
    const message = this.bpmnFactory.create('bpmn:Message', { name });
    if (!correlationKey) return message;
    const subscription = this.bpmnFactory.create('zeebe:Subscription', { correlationKey });
    const extensionElements = this.bpmnFactory.create('bpmn:ExtensionElements', { values: [subscription] });
    subscription.$parent = extensionElements;
    extensionElements.$parent = message;
    message.extensionElements = extensionElements;
    return message;
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
Extensions.$inject = ['bpmnFactory', 'commandStack', 'modeling'];

/** What of an element refers to a message that it waits for, undefined where it waits for none. */
export function awaiting(element) {
  const drawn = getBusinessObject(element);
  if (drawn.$type === 'bpmn:ReceiveTask') return drawn;
  if (!CATCHES.includes(drawn.$type)) return undefined;
  return drawn.eventDefinitions?.find(({ $type }) => $type === 'bpmn:MessageEventDefinition');
}

function rootOf(part) {
  return part.$parent ? rootOf(part.$parent) : part;
}

/** The value of a `zeebe:property`, "" where there is none. */
export function propertyOf(element, name) {
  return extensionOf(element, 'zeebe:Properties')?.properties?.find((property) => property.name === name)?.value ?? '';
}
