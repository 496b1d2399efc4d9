// Tasks of one step done from one page. Each goes the way of a task's own page: its papers are shown, then it is handed in.
import { labelOf } from './labels.js';
import { pictures } from './papers.js';
import { Refused, given, post } from './server.js';

const NOT_NOW = '-'; // the choice that leaves a task for later

const page = document.querySelector('[data-together]');
const find = (name, within = page) => within.querySelector(`[data-${name}]`);
const { tasks, labels, signature } = given('together');
const words = given('words');
const forAll = find('for-all');
const button = find('go');
const rows = [...page.querySelectorAll('[data-task]')].map((part) => ({ part, key: part.dataset.task, title: part.dataset.title, ...tasks[part.dataset.task] }));
let open = rows; // what is not done yet

const say = (text, more = {}) => { find('told').textContent = Object.entries(more).reduce((told, [name, value]) => told.replace(`{${name}}`, value), text); };
const chosen = (name, part) => { const field = find(name, part); return field ? field.value.trim() : ''; };

// What this row hands in; null when it is left for later.
function answerOf(row) {
  const outcome = chosen('outcome', row.part) || chosen('outcome', forAll);
  const opinion = chosen('opinion', row.part) || chosen('opinion', forAll);
  if (!outcome || outcome === NOT_NOW) return null;
  return { ...row.known, outcome, ...(opinion && { opinion }) };
}

// What was shown was shown for that answer: another answer has to be shown anew.
function forget(row) {
  if (row.papers) row.papers.remove();
  row.papers = row.shown = row.answer = null;
}

function name() {
  const ready = open.filter((row) => row.shown).length;
  button.textContent = ready ? words.sign.replace('{n}', ready) : signature ? words.show : words.act;
  if (signature) find('papers-part').hidden = !ready;
}

function tell(row, refused) {
  const reason = find('reason', row.part);
  const faults = Object.entries((refused && refused.errors) || {}).map(([path, fault]) => `${labelOf(labels, path)}${fault}`);
  reason.textContent = !refused ? '' : faults.join('；') || (refused instanceof Refused ? refused.message : words.offline);
  reason.hidden = !refused;
}

// One after the other, with progress; `deed` of a row may refuse, and ends the run where it returns false.
async function each(chosenRows, told, deed) {
  const progress = find('progress');
  button.disabled = true;
  progress.hidden = false;
  progress.max = chosenRows.length;
  let done = 0;
  for (const [n, row] of chosenRows.entries()) {
    progress.value = n;
    say(told, { n: n + 1, all: chosenRows.length });
    try {
      await deed(row);
      tell(row, null);
      done += 1;
    } catch (refused) {
      if (refused.code === 'wrong_password') { wrong(refused); break; }
      forget(row);
      tell(row, refused);
    }
  }
  progress.hidden = true;
  button.disabled = false;
  return done;
}

function wrong(refused) {
  const fault = find('password-error');
  fault.textContent = refused.message;
  fault.hidden = false;
  document.getElementById('password').focus();
}

async function show(row) {
  const answer = answerOf(row);
  const preview = await post(row.preview, { answer });
  const papers = document.createElement('section');
  const title = document.createElement('h3');
  const sheets = document.createElement('div');
  title.textContent = `${row.title}：${answer.outcome}`;
  sheets.className = 'sheet-pages whole';
  sheets.setAttribute('role', 'group');
  sheets.setAttribute('aria-label', row.title);
  sheets.append(...pictures(preview.pages, words));
  papers.append(title, sheets);
  find('papers').append(papers);
  Object.assign(row, { answer, papers, shown: preview.shown });
}

async function handIn(row) {
  const password = document.getElementById('password');
  await post(row.complete, { answer: row.answer || answerOf(row), shown: row.shown, password: password ? password.value : undefined, request: row.key, stays: true });
  forget(row);
  row.part.remove();
  open = open.filter((other) => other !== row);
}

async function go() {
  const decided = open.filter(answerOf);
  if (!decided.length) return say(words.none);
  const shown = decided.filter((row) => row.shown);
  if (signature && !shown.length) {
    const ready = await each(decided, words.preparing, show);
    name();
    say(words.ready, { n: ready });
    if (ready) document.getElementById('papers-title').focus();
    return undefined;
  }
  const acting = signature ? shown : decided;
  if (signature) find('password-error').hidden = true;
  const done = await each(acting, words.sending, handIn);
  name();
  say(words.done, { n: done, left: open.length });
  button.hidden = !open.length;
  find('back').hidden = false;
  return undefined;
}

page.addEventListener('submit', (event) => { event.preventDefault(); if (!button.disabled) go(); });
page.addEventListener('input', (event) => {
  const part = event.target.closest('[data-task]');
  if (!part && !forAll.contains(event.target)) return;
  open.filter((row) => !part || row.part === part).forEach(forget);
  name();
});
