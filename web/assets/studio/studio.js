// The studio's page: opens one drawing in bpmn-js, has the server check it while it changes, deploys it.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule }
  from 'bpmn-js-properties-panel';
import zeebeBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';

import './studio.css';
import { Findings } from './findings.js';
import { connect } from './server.js';
import { translation } from './words.js';
import { keepDraft, leftDraft, dropDraft } from './draft.js';

const PAUSE = 600; // ms without a change before the server is asked to check

const PALETTE = 144; // px that bpmn-js's palette takes
const EDGE = 24;
const LEGIBLE = 0.7; // below it names cannot be read

const page = document.querySelector('[data-studio]');
const words = JSON.parse(document.getElementById('studio-words').textContent);
const server = connect(page.dataset, words);

const modeler = new Modeler({
  container: page.querySelector('[data-canvas]'),
  propertiesPanel: { parent: page.querySelector('[data-properties]') },
  additionalModules: [
    BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule,
    zeebeBehaviors, translation(page.dataset.language)
  ],
  moddleExtensions: { zeebe }
});
const findings = new Findings(page.querySelector('[data-findings]'), modeler, words);
const status = page.querySelector('[data-status]');
const deployButton = page.querySelector('[data-deploy]');

let changed = false;
let timer = null;
let asked = 0;

function say(text, state = '') {
  status.textContent = text;
  status.dataset.state = state;
}

async function drawing() {
  return (await modeler.saveXML({ format: true })).xml;
}

async function check() {
  const turn = ++asked;
  say(words.checking);
  const xml = await drawing();
  if (changed) keepDraft(page.dataset.file, page.dataset.version, xml);
  try {
    const answer = await server.lint(xml);
    if (turn !== asked) return; // a later change is being checked already
    const errors = findings.show(answer.findings);
    deployButton.disabled = errors > 0 || !changed;
    const well = changed ? words.works : words.unchanged;
    say(errors ? words.faults.replace('{n}', errors) : well, errors ? 'faults' : 'works');
  } catch (problem) {
    if (turn === asked) say(problem.message, 'faults');
  }
}

function checkSoon() {
  changed = true;
  clearTimeout(timer);
  deployButton.disabled = true;
  say(words.changed);
  timer = setTimeout(check, PAUSE);
}

/** The whole drawing, clear of the palette that floats over the canvas's left edge. */
function showAll() {
  const canvas = modeler.get('canvas');
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - PALETTE - EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height);
  place(inner, outer, scale);
}

/** The drawing's beginning, large enough to be read. */
function showStart() {
  const { inner, outer } = modeler.get('canvas').viewbox();
  const fit = Math.min((outer.width - PALETTE - EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height);
  place(inner, outer, Math.min(1, Math.max(fit, LEGIBLE)));
}

function place(inner, outer, scale) {
  const height = outer.height / scale;
  const top = Math.max(0, (height - inner.height) / 2);
  modeler.get('canvas').viewbox({
    x: inner.x - PALETTE / scale, y: inner.y - Math.max(top, EDGE / scale), width: outer.width / scale, height
  });
}

async function open(xml) {
  try {
    await modeler.importXML(xml);
  } catch (problem) {
    say(words.unreadable.replace('{problem}', problem.message), 'faults');
    return;
  }
  showStart();
  await check();
}

async function deploy() {
  const note = page.querySelector('[data-note]');
  if (!note.value.trim()) {
    note.setCustomValidity(words.note_needed);
    note.reportValidity();
    note.addEventListener('input', () => note.setCustomValidity(''), { once: true });
    return;
  }
  deployButton.disabled = true;
  say(words.deploying);
  try {
    const answer = await server.deploy(await drawing(), note.value.trim());
    dropDraft(page.dataset.file);
    window.removeEventListener('beforeunload', warn);
    window.location.assign(answer.location);
  } catch (problem) {
    if (problem.findings) findings.show(problem.findings);
    say(problem.message, 'faults');
  }
}

async function download() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([await drawing()], { type: 'application/xml' }));
  link.download = page.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function warn(event) {
  if (changed) event.preventDefault();
}

page.querySelector('[data-import]').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  event.target.value = '';
  if (file) {
    changed = true;
    await open(await file.text());
  }
});
page.querySelector('[data-export]').addEventListener('click', download);
page.querySelector('[data-undo]').addEventListener('click', () => modeler.get('commandStack').undo());
page.querySelector('[data-redo]').addEventListener('click', () => modeler.get('commandStack').redo());
page.querySelector('[data-fit]').addEventListener('click', showAll);
deployButton.addEventListener('click', deploy);
modeler.on('commandStack.changed', checkSoon);
window.addEventListener('beforeunload', warn);

const draft = leftDraft(page.dataset.file, page.dataset.version);
const kept = page.querySelector('[data-draft]');
if (draft) {
  kept.hidden = false;
  kept.querySelector('[data-draft-open]').addEventListener('click', () => { kept.hidden = true; changed = true; open(draft); });
  kept.querySelector('[data-draft-drop]').addEventListener('click', () => { kept.hidden = true; dropDraft(page.dataset.file); });
}
server.xml().then(open, (problem) => say(problem.message, 'faults'));
