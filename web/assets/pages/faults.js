// What a form or the server refused: at the fields, and as a list above them that leads to each.
import { labelOf } from './labels.js';
import { Refused } from './server.js';

export function tell(summary, refused, form, labels, words) {
  const faults = refused.errors || {};
  if (form) form.setErrors(faults);
  const title = document.createElement('p');
  title.className = 'error';
  title.textContent = Object.keys(faults).length ? words.faults : refused instanceof Refused ? refused.message : words.offline;
  const list = document.createElement('ul');
  for (const [path, message] of Object.entries(faults)) {
    const link = document.createElement('a');
    link.href = '#';
    link.textContent = `${labelOf(labels, path)}${message}`;
    link.addEventListener('click', (event) => { event.preventDefault(); form.focus(path); });
    const item = document.createElement('li');
    item.append(link);
    list.append(item);
  }
  summary.replaceChildren(title, list);
  summary.hidden = false;
  summary.focus();
  summary.scrollIntoView({ block: 'start' });
}
