// A step put in where the procedure goes on: the flow goes through it, and what stands to its right makes room. By the
// button beside what is selected, or by the key A alone; one step of undo.
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';

const GAP = 45; // on either side of the new step

class InsertStep {
  constructor(canvas, elementFactory, modeling, spaceTool) {
    Object.assign(this, { canvas, elementFactory, modeling, spaceTool });
  }

  preExecute(context) {
    const { flow } = context;
    const step = this.elementFactory.createShape({ type: 'bpmn:UserTask' });
    this.makeRoom(flow, step.width + 2 * GAP);
    const [from, to] = longest(flow.waypoints);
    const middle = { x: Math.round((from.x + to.x) / 2), y: Math.round((from.y + to.y) / 2) };
    context.step = this.modeling.createShape(step, middle, flow);
  }

  /** Moves what lies beyond the middle of the flow's longest level part, so that this becomes `wanted` long. */
  makeRoom(flow, wanted) {
    const [from, to] = longest(flow.waypoints);
    const missing = wanted - Math.abs(to.x - from.x);
    if (missing <= 0) return;
    const start = (from.x + to.x) / 2;
    const all = selfAndAllChildren(this.canvas.getRootElement(), true);
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, 'x', missing, start);
    this.spaceTool.makeSpace(movingShapes, resizingShapes, { x: missing, y: 0 }, 'e', start);
  }
}
InsertStep.$inject = ['canvas', 'elementFactory', 'modeling', 'spaceTool'];

/** The two ends of the flow's longest level part. */
function longest(waypoints) {
  const parts = waypoints.slice(1).map((end, index) => [waypoints[index], end]);
  const level = ([from, to]) => (Math.abs(from.y - to.y) < 1 ? Math.abs(to.x - from.x) : -1);
  return parts.reduce((best, part) => (level(part) > level(best) ? part : best));
}

export class Insertion {
  constructor(commandStack, keyboard, contextPad, selection, directEditing, autoPlace, elementFactory, translate) {
    Object.assign(this, { commandStack, selection, directEditing, autoPlace, elementFactory, translate });
    commandStack.registerHandler('fangfan.insertStep', InsertStep);
    contextPad.registerProvider(400, { getContextPadEntries: (element) => (entries) => ({ ...entries, ...this.entry(element) }) });
    keyboard.addListener(({ keyEvent }) => this.pressed(keyEvent));
  }

  entry(element) {
    const flow = goesOn(element);
    if (!flow) return {};
    const insert = () => this.insert(flow);
    return { 'insert-step': { group: 'model', className: 'bpmn-icon-user-task studio-insert', title: this.translate('Insert a step here (A)'), action: { click: insert } } };
  }

  pressed(event) {
    if (event.key.toLowerCase() !== 'a' || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    const [element] = this.selection.get();
    if (!element) return undefined;
    const flow = goesOn(element);
    if (flow) this.insert(flow);
    else if (!element.waypoints) this.edit(this.autoPlace.append(element, this.elementFactory.createShape({ type: 'bpmn:UserTask' })));
    return true;
  }

  insert(flow) {
    const context = { flow };
    this.commandStack.execute('fangfan.insertStep', context);
    this.edit(context.step);
  }

  /** The new step is named at once. */
  edit(step) {
    this.selection.select(step);
    this.directEditing.activate(step);
  }
}
Insertion.$inject = ['commandStack', 'keyboard', 'contextPad', 'selection', 'directEditing', 'autoPlace', 'elementFactory', 'translate'];

/** The one flow by which it goes on there: the selected flow itself, or the only one that leaves the selected element. */
function goesOn(element) {
  const flows = (element.waypoints ? [element] : element.outgoing ?? []).filter(({ type }) => type === 'bpmn:SequenceFlow');
  return flows.length === 1 ? flows[0] : null;
}
