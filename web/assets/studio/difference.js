// The diagrams of a difference: in force and draft side by side, moved together, what differs marked by shape and word.
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import './difference.css';

const SIDES = { added: ['after'], removed: ['before'], changed: ['before', 'after'], moved: ['before', 'after'] };

async function show(section) {
  const holder = section.querySelector('.difference-diagrams');
  if (!holder) return;
  const viewers = {};
  for (const side of ['before', 'after']) {
    if (!holder.dataset[side]) continue;
    const answer = await fetch(holder.dataset[side], { credentials: 'same-origin' });
    const viewer = new Viewer({ container: holder.querySelector(`[data-side=${side}]`) });
    try {
      await viewer.importXML(await answer.text());
    } catch (problem) {
      holder.querySelector(`[data-side=${side}]`).textContent = problem.message;
      continue;
    }
    viewer.get('canvas').zoom('fit-viewport', 'auto');
    viewers[side] = viewer;
  }
  mark(section, viewers);
  together(Object.values(viewers));
}

function mark(section, viewers) {
  section.querySelectorAll('tr[data-id]').forEach((row) => {
    const { what, id } = row.dataset;
    const word = row.querySelector(`.mark-${what}`).textContent;
    for (const side of SIDES[what]) {
      const element = viewers[side]?.get('elementRegistry').get(id);
      if (!element) continue;
      viewers[side].get('canvas').addMarker(id, `differs-${what}`);
      if (element.parent && !element.waypoints) {
        viewers[side].get('overlays').add(id, { position: { top: -14, left: -4 }, html: Object.assign(document.createElement('span'), { className: `mark-${what}`, textContent: word }) });
      }
    }
    row.querySelector('[data-lead]')?.addEventListener('click', () => lead(viewers, id));
  });
}

/** Brings an element into view on both sides. */
function lead(viewers, id) {
  const sides = Object.values(viewers).filter((viewer) => viewer.get('elementRegistry').get(id));
  if (!sides.length) return;
  const element = sides.at(-1).get('elementRegistry').get(id);
  const { x, y, width, height } = element.waypoints ? { ...element.waypoints[0], width: 1, height: 1 } : element;
  const { outer } = sides.at(-1).get('canvas').viewbox();
  const box = { x: x + width / 2 - outer.width / 2, y: y + height / 2 - outer.height / 2, width: outer.width, height: outer.height };
  Object.values(viewers).forEach((viewer) => viewer.get('canvas').viewbox(box));
  sides.at(-1).get('canvas').getContainer().scrollIntoView({ block: 'center' });
}

/** What one shows, the other shows too. */
function together(viewers) {
  let leading = null;
  viewers.forEach((viewer) => viewer.on('canvas.viewbox.changed', ({ viewbox }) => {
    if (leading) return;
    leading = viewer;
    const { x, y, width, height } = viewbox;
    viewers.filter((other) => other !== viewer).forEach((other) => other.get('canvas').viewbox({ x, y, width, height }));
    leading = null;
  }));
}

document.querySelectorAll('[data-difference]').forEach(show);
