// Rules at the desk, in dmn-js: the requirements as a diagram, each decision's table or expression as a view of its own.
import DmnModeler from 'dmn-js/lib/Modeler';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import zeebe from './rules.json';
import { Desk } from './desk.js';
import { Marks } from './findings.js';
import chinese from './chinese/rules.json';
import { translation } from './words.js';

const desk = new Desk();
const tongue = { additionalModules: [translation(desk.language, chinese)] };
const modeler = new DmnModeler({
  container: desk.part('view'),
  drd: tongue, decisionTable: tongue, literalExpression: tongue, boxedExpression: tongue,
  moddleExtensions: { zeebe }
});
const watched = new Set();
let opened = false;
let found = [];

/** A tab for each view: which decisions there are, and where one is. */
function tabs({ views, activeView }) {
  desk.part('views').replaceChildren(...views.map((view) => {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.textContent = view.type === 'drd' ? desk.words.requirements : view.name || view.id;
    if (view === activeView) tab.setAttribute('aria-current', 'true');
    tab.addEventListener('click', () => modeler.open(view));
    return tab;
  }));
  watch();
}

/** Each viewer has a command stack of its own, made when its first view is opened. */
function watch() {
  const viewer = modeler.getActiveViewer();
  if (!viewer || watched.has(viewer)) return;
  watched.add(viewer);
  viewer.on('elements.changed', () => opened && desk.changed());
  viewer.on('commandStack.changed', () => opened && desk.changed());
}

function mark() {
  if (modeler.getActiveView()?.type === 'drd') new Marks(modeler.getActiveViewer()).show(found);
}

const stack = () => modeler.getActiveViewer().get('commandStack');
desk.part('undo').addEventListener('click', () => stack().undo());
desk.part('redo').addEventListener('click', () => stack().redo());
modeler.on('views.changed', (event) => {
  tabs(event);
  mark();
  if (event.activeView?.type === 'drd') modeler.getActiveViewer().get('canvas').zoom('fit-viewport', 'auto');
});

desk.open({
  show: async (xml) => {
    opened = false;
    await modeler.importXML(xml);
    const table = modeler.getViews().find(({ type }) => type !== 'drd');
    if (table) await modeler.open(table);
    opened = true;
  },
  read: async () => (await modeler.saveXML({ format: true })).xml,
  mark: (findings) => { found = findings; mark(); },
  lead: async ({ element_id: id }) => {
    const view = modeler.getViews().find(({ element }) => element.id === id || JSON.stringify(ids(element)).includes(`"${id}"`));
    if (view) await modeler.open(view);
    const cell = desk.part('view').querySelector(`[data-element-id="${CSS.escape(id)}"], [data-row-id="${CSS.escape(id)}"]`);
    if (cell) {
      cell.scrollIntoView({ block: 'center' });
      cell.focus();
    }
  }
});

/** The ids of what a decision's logic holds: a finding may name a rule or an input. */
function ids({ decisionLogic: logic = {} }) {
  return [logic.id, ...[logic.rule, logic.input, logic.output].flatMap((parts) => (parts ?? []).map(({ id }) => id))];
}
