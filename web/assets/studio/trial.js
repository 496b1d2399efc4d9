// Tokens walk a drawing: what starts, splits, waits and ends is seen before anybody's case meets it.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import simulation from 'bpmn-js-token-simulation/lib/viewer';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import chinese from './chinese/trial.json';
import { speakChinese } from './chinese/page.js';
import { showStart } from './view.js';
import './trial.css';

const WAITS = ['bpmn:UserTask', 'bpmn:ReceiveTask']; // somebody has to do it: the token stays until it is pressed

async function walk(box) {
  const viewer = new Viewer({ container: box, additionalModules: [simulation] });
  if (box.dataset.language.startsWith('zh')) speakChinese(box, chinese);
  const answer = await fetch(box.dataset.walk, { credentials: 'same-origin' });
  try {
    await viewer.importXML(await answer.text());
  } catch (problem) {
    box.textContent = problem.message;
    return;
  }
  showStart(viewer.get('canvas'));
  viewer.get('toggleMode').toggleMode(true);
  const steps = viewer.get('elementRegistry').filter(({ type }) => WAITS.includes(type));
  steps.forEach((step) => viewer.get('simulator').waitAtElement(step, true));
}

document.querySelectorAll('[data-walk]').forEach(walk);
