// A drawing at the desk, in bpmn-js.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule }
  from 'bpmn-js-properties-panel';
import zeebeBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import minimap from 'diagram-js-minimap';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import { Desk } from './desk.js';
import { drawingModule } from './drawing/module.js';
import { Marks } from './findings.js';
import { showAll, showStart } from './view.js';
import community from 'bpmn-js-i18n/translations/zn.js';
import chinese from './chinese/drawing.json';
import { translation } from './words.js';

const desk = new Desk();
const choices = JSON.parse(document.getElementById('studio-choices').textContent);
const modeler = new Modeler({
  container: desk.part('canvas'),
  propertiesPanel: { parent: desk.part('properties') },
  additionalModules: [
    BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule,
    zeebeBehaviors, minimap, drawingModule(choices), translation(desk.language, { ...community, ...chinese })
  ],
  moddleExtensions: { zeebe }
});
const marks = new Marks(modeler);

desk.part('undo').addEventListener('click', () => modeler.get('commandStack').undo());
desk.part('redo').addEventListener('click', () => modeler.get('commandStack').redo());
desk.part('fit').addEventListener('click', () => showAll(modeler.get('canvas')));
modeler.on('commandStack.changed', () => desk.changed());

desk.open({
  show: async (xml) => {
    await modeler.importXML(xml);
    showStart(modeler.get('canvas'));
  },
  read: async () => (await modeler.saveXML({ format: true })).xml,
  mark: (findings) => marks.show(findings),
  lead: (finding) => marks.lead(finding)
});
