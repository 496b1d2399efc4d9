// A task of a scenario that is being recorded: its form, and what the form refuses.
import { labelled } from '../pages/labels.js';
import { given, post } from '../pages/server.js';
import { tell } from '../pages/faults.js';

const find = (name) => document.querySelector(`[data-${name}]`);
const place = find('form');

if (place) {
  const task = given('recorded');
  const words = given('words');
  const labels = task.schema ? labelled(task.schema.components, {}) : {};
  const form = task.schema && window.fangfanForm.mount(place, {
    schema: task.schema,
    data: task.data,
    draft: {},
    errors: {},
    readonly: false,
    language: document.documentElement.lang,
    onChange: () => {},
  });
  place.removeAttribute('aria-busy');
  const button = find('hand-in');
  button.addEventListener('click', async () => {
    find('errors').hidden = true;
    const checked = form ? form.validate() : { errors: {} };
    if (Object.keys(checked.errors).length) {
      tell(find('errors'), { errors: checked.errors }, form, labels, words);
      return;
    }
    button.disabled = true;
    find('saved').textContent = words.sending;
    try {
      const answer = form ? form.answer() : {};
      const done = await post(find('answer').dataset.answer, { element: task.element, nth: task.nth, answer });
      window.location.assign(done.next);
    } catch (refused) {
      tell(find('errors'), refused, form, labels, words);
      button.disabled = false;
      find('saved').textContent = '';
    }
  });
}
