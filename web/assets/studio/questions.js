// A form at the desk, in form-js's editor with our own components.
import { FormEditor } from '@bpmn-io/form-js-editor';
import '@bpmn-io/form-js-viewer/dist/assets/form-js-base.css';
import '@bpmn-io/form-js-editor/dist/assets/form-js-editor.css';
import '../forms/forms.css';
import { fangfanModule } from '../forms/module.js';
import { speaker } from '../forms/words.js';
import { asDrawn } from './drawn.js';
import { Desk } from './desk.js';
import { speakChinese } from './chinese/page.js';
import { componentsModule } from './components.jsx';
import chinese from './chinese/questions.json';
import { translation } from './words.js';

const desk = new Desk();
const tongue = desk.language.startsWith('en') ? 'en' : 'zh';
const page = { language: tongue, say: speaker(tongue), now: () => new Date().toISOString(), upload: async () => ({}) };
const editor = new FormEditor({
  container: desk.part('canvas'),
  properties: {},
  propertiesPanel: { parent: desk.part('properties') },
  additionalModules: [fangfanModule(page), componentsModule, translation(desk.language, chinese)]
});
let opened = false;
let drawn = {}; // the form as it was opened
if (tongue === 'zh') [desk.part('canvas'), desk.part('properties')].forEach((part) => speakChinese(part, chinese));

const stack = () => editor.get('commandStack');
desk.part('undo').addEventListener('click', () => stack().undo());
desk.part('redo').addEventListener('click', () => stack().redo());
editor.on('commandStack.changed', () => opened && desk.changed());

desk.open({
  show: async (text) => {
    opened = false;
    drawn = JSON.parse(text);
    await editor.importSchema(structuredClone(drawn));
    opened = true;
  },
  read: async () => `${JSON.stringify(asDrawn(editor.getSchema(), drawn), null, 2)}\n`,
  lead: ({ element_id: id }) => {
    const field = editor.get('formFieldRegistry').get(id);
    if (field) editor.get('selection').set(field);
  }
});
