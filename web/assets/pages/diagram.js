// Shows a drawing with the position and the way taken. What it shows is also on the page as text.
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
  canvas.zoom('fit-viewport', 'auto');
  const here = (box.dataset.here || '').split(' ').map((id) => elements.get(id)).find(Boolean);
  if (here && canvas.zoom() < 0.5) {
    canvas.zoom(0.6, { x: here.x + here.width / 2, y: here.y + here.height / 2 });
    const view = canvas.viewbox();
    canvas.viewbox({ x: here.x + here.width / 2 - view.width / 2, y: here.y + here.height / 2 - view.height / 2, width: view.width, height: view.height });
  }
  // The canvas itself is a picture; keyboard and screen reader use the text beside it.
  box.querySelectorAll('[tabindex]').forEach((part) => part.setAttribute('tabindex', '-1'));
}

document.querySelectorAll('[data-diagram]').forEach(show);
