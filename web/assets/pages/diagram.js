// Shows a drawing with the position and the way taken, or with how much happens at each element. What it shows is also on the page as text.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import Viewer from 'bpmn-js/lib/NavigatedViewer';

async function show(box) {
  const viewer = new Viewer({ container: box });
  const answer = await fetch(box.dataset.diagram, { credentials: 'same-origin' });
  if (!answer.ok) return;
  await viewer.importXML(await answer.text());
  const canvas = viewer.get('canvas');
  const elements = viewer.get('elementRegistry');
  const mark = (ids, name) => (ids || '').split(' ').filter((id) => id && elements.get(id)).forEach((id) => canvas.addMarker(id, name));
  mark(box.dataset.been, 'been');
  mark(box.dataset.here, 'here');
  // An arrowhead grows with its line, and a thick line is how the way taken is told: keep the head in proportion.
  box.querySelectorAll('.djs-connection.been marker').forEach((head) => {
    head.setAttribute('markerUnits', 'userSpaceOnUse');
    head.setAttribute('markerWidth', 28);
    head.setAttribute('markerHeight', 28);
  });
  label(viewer.get('overlays'), (box.dataset.here || '').split(' ').filter((id) => elements.get(id)), box.dataset.now);
  const heat = Object.entries(JSON.parse(box.dataset.heat || '{}')).filter(([id]) => elements.get(id));
  heat.forEach(([id, { shade, text }]) => {
    canvas.addMarker(id, `heat-${shade}`);
    label(viewer.get('overlays'), [id], text, 'heat', { bottom: -2, left: 0 });
  });
  const here = (box.dataset.here || '').split(' ').map((id) => elements.get(id)).find(Boolean);
  const whole = () => canvas.zoom('fit-viewport', 'auto');
  whole();
  if (box.classList.contains('small') && here) closeTo(canvas, here);
  addButtons(box, canvas, whole, here);
  // The canvas itself is a picture; keyboard and screen reader use the text beside it.
  box.querySelectorAll('[tabindex]').forEach((part) => part.setAttribute('tabindex', '-1'));
}

/** The word beside the mark: neither position nor heat is told by line and colour alone. */
function label(overlays, ids, word, name = 'now', position = { top: -30, left: 0 }) {
  if (!word) return;
  for (const id of ids) {
    const told = document.createElement('span');
    told.className = name;
    told.textContent = word;
    overlays.add(id, { position, html: told });
  }
}

function closeTo(canvas, { x, y, width, height }) {
  canvas.zoom(0.6);
  const view = canvas.viewbox();
  canvas.viewbox({ ...view, x: x + width / 2 - view.width / 2, y: y + height / 2 - view.height / 2 });
}

/** Zooming for who has no wheel: their words stand on the box, in the page's language. */
function addButtons(box, canvas, whole, here) {
  if (!box.dataset.words) return;
  const words = JSON.parse(box.dataset.words);
  const acts = { larger: () => canvas.zoom(canvas.zoom() * 1.3), smaller: () => canvas.zoom(canvas.zoom() / 1.3), whole, here: here && (() => closeTo(canvas, here)) };
  const row = document.createElement('div');
  row.className = 'actions';
  for (const [name, act] of Object.entries(acts)) {
    if (!act) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words[name];
    button.addEventListener('click', act);
    row.append(button);
  }
  box.before(row);
}

document.querySelectorAll('[data-diagram]').forEach(show);
