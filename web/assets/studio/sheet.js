// A print sheet, or the style of all, at the desk: its text, and beside it the pages as they would print.
import { Desk } from './desk.js';

const PAUSE = 500; // ms without a change before the pages are drawn anew

const desk = new Desk();
const text = desk.part('text');
const preview = desk.part('preview');
const fault = desk.part('preview-fault');
const sample = desk.part('sample'); // the sheet in which a style is seen
let timer = null;
let asked = 0;

async function draw() {
  const turn = ++asked;
  try {
    const { pages } = await desk.server.preview(text.value, sample?.value);
    if (turn !== asked) return;
    preview.replaceChildren(...pages.map((source) => Object.assign(new Image(), { src: source, alt: '' })));
    fault.textContent = '';
  } catch (problem) {
    if (turn === asked) fault.textContent = problem.message;
  }
}

text.addEventListener('input', () => {
  desk.changed();
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE);
});

sample?.addEventListener('change', draw);

desk.page.querySelectorAll('[data-insert]').forEach((button) => button.addEventListener('click', () => {
  text.setRangeText(`{{${button.dataset.insert}}}`, text.selectionStart, text.selectionEnd, 'end');
  text.dispatchEvent(new Event('input'));
  text.focus();
}));

desk.open({
  show: async (content) => {
    text.value = content;
    await draw();
  },
  read: async () => text.value
});
