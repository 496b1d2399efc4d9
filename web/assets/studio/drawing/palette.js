// What can be drawn: the elements that run (docs/drawings.md), each of its kind from the start.
const UNSUPPORTED_TOOLS = ['create.data-object', 'create.data-store', 'create.group', 'create.task'];
const UNSUPPORTED_KINDS = /complex|ad-hoc|multiple|data-|parallel-event-based|exclusive-event-based/;
const TASKS = [
  ['bpmn:UserTask', 'bpmn-icon-user-task', 'Create user task'],
  ['bpmn:BusinessRuleTask', 'bpmn-icon-business-rule-task', 'Create business rule task'],
  ['bpmn:ServiceTask', 'bpmn-icon-service-task', 'Create service task'],
  ['bpmn:CallActivity', 'bpmn-icon-call-activity', 'Create call activity']
];

export class Offered {
  constructor(palette, contextPad, popupMenu, create, elementFactory, autoPlace, translate) {
    Object.assign(this, { create, elementFactory, autoPlace, translate });
    palette.registerProvider(500, { getPaletteEntries: () => (entries) => this.tools(entries) });
    contextPad.registerProvider(500, { getContextPadEntries: (element) => (entries) => this.next(element, entries) });
    popupMenu.registerProvider('bpmn-replace', 500, {
      getPopupMenuEntries: () => (entries) => supported(entries),
      getPopupMenuHeaderEntries: () => (entries) => supported(entries)
    });
  }

  tools(entries) {
    const kept = without(entries, (id) => UNSUPPORTED_TOOLS.includes(id));
    const own = Object.fromEntries(TASKS.map(([type, className, title]) => {
      const start = (event) => this.create.start(event, this.elementFactory.createShape({ type }));
      return [`create.${type}`, { group: 'activity', className, title: this.translate(title), action: { dragstart: start, click: start } }];
    }));
    return { ...kept, ...own };
  }

  /** The step that follows is one for a person, who is most of the procedure. */
  next(element, entries) {
    if (!entries['append.append-task']) return entries;
    const append = () => this.autoPlace.append(element, this.elementFactory.createShape({ type: 'bpmn:UserTask' }));
    const start = (event) => this.create.start(event, this.elementFactory.createShape({ type: 'bpmn:UserTask' }), { source: element });
    return {
      ...entries,
      'append.append-task': {
        ...entries['append.append-task'], className: 'bpmn-icon-user-task', title: this.translate('Append user task'),
        action: { click: append, dragstart: start }
      }
    };
  }
}
Offered.$inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'autoPlace', 'translate'];

const without = (entries, unwanted) => Object.fromEntries(Object.entries(entries).filter(([id]) => !unwanted(id)));
const supported = (entries) => without(entries, (id) => UNSUPPORTED_KINDS.test(id));
