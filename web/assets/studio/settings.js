// Dated settings at the desk: a row for each value and the day from which it counts.
import { Desk } from './desk.js';
import './studio.css';

const desk = new Desk();
const rows = desk.part('rows');

function add(row, before = null) {
  const line = desk.part('row').content.firstElementChild.cloneNode(true);
  const field = (name) => line.querySelector(`[name=${name}]`);
  for (const name of ['name', 'note', 'valid_from']) field(name).value = row[name] ?? '';
  field('value').value = row.value === undefined ? '' : JSON.stringify(row.value).replace(/^"(.*)"$/, '$1');
  field('local').checked = Boolean(row.local);
  line.querySelector('[data-next]').addEventListener('click', () => {
    const next = add({ ...taken(line), valid_from: '' }, line.nextElementSibling);
    next.querySelector('[name=valid_from]').focus();
    desk.changed();
  });
  line.querySelector('[data-remove]').hidden = Boolean(row.kept);
  line.querySelector('[data-remove]').addEventListener('click', () => { line.remove(); desk.changed(); });
  if (row.kept) field('name').readOnly = field('valid_from').readOnly = true;
  if (row.used) {
    field('value').readOnly = field('note').readOnly = true; // cases were decided by it
    field('local').disabled = true;
  }
  rows.insertBefore(line, before);
  return line;
}

function taken(line) {
  const field = (name) => line.querySelector(`[name=${name}]`);
  const row = { name: field('name').value.trim(), valid_from: field('valid_from').value, value: valued(field('value').value.trim()), note: field('note').value.trim() };
  return field('local').checked ? { ...row, local: true } : row;
}

/** A number, true or false where it reads as one, else text. */
function valued(text) {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

rows.addEventListener('input', () => desk.changed());
desk.part('add').addEventListener('click', () => {
  add({}).querySelector('input').focus();
  desk.changed();
});

desk.open({
  show: async (content) => {
    const { rows: read } = await desk.server.settings(content);
    rows.replaceChildren();
    read.forEach((row) => add(row));
  },
  read: async () => [...rows.children].map((line) => `- ${JSON.stringify(taken(line))}\n`).join('')
});
