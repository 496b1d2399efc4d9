// The task's page: mounts the form, keeps a draft, shows what will be signed, hands in.
import { tell } from './faults.js';
import { labelled } from './labels.js';
import { pictures } from './papers.js';
import { Refused, given, post } from './server.js';

const AFTER_TYPING = 2000; // milliseconds of rest before the draft is kept

function start() {
  const task = given('task');
  const words = given('words');
  const find = (name) => document.querySelector(`[data-${name}]`);
  const bottom = find('bottom').dataset;
  const dialog = find('confirm');
  const labels = task.schema ? labelled(task.schema.components, {}) : {};
  let version = task.version;
  let waiting = null;
  let saving = Promise.resolve();
  let changed = false;
  let shown = null;

  const form = task.schema && window.fangfanForm.mount(find('form'), {
    schema: task.schema,
    data: task.data,
    draft: task.draft,
    errors: {},
    readonly: task.readonly,
    language: document.documentElement.lang,
    onChange: () => {
      changed = true;
      clearTimeout(waiting);
      waiting = setTimeout(save, AFTER_TYPING);
    },
  });
  find('form').removeAttribute('aria-busy');
  const answer = () => (form ? form.answer() : {});

  if (task.readonly) return; // who only sees it claims, keeps and hands in nothing

  post(bottom.claim, {}).catch((refused) => refuse(refused));

  function save() {
    clearTimeout(waiting);
    saving = saving.then(keep);
    return saving;
  }

  async function keep() {
    const status = find('saved');
    status.textContent = words.saving;
    changed = false;
    try {
      version = (await post(bottom.draft, { answer: answer(), version })).version;
      status.textContent = `${words.saved} ${new Date().toLocaleTimeString(document.documentElement.lang, { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' })}`;
    } catch (refused) {
      changed = true;
      status.textContent = refused instanceof Refused ? refused.message : words.unsaved;
    }
  }

  function refuse(refused) {
    tell(find('errors'), refused, form, labels, words);
  }

  async function handIn() {
    const button = find('hand-in');
    find('errors').hidden = true;
    if (form) {
      const checked = form.validate();
      if (Object.keys(checked.errors).length) return refuse({ errors: checked.errors });
    }
    button.disabled = true;
    find('saved').textContent = words.preparing;
    try {
      const body = { answer: answer() };
      if (task.signature) {
        const preview = await post(bottom.preview, body);
        shown = preview.shown;
        find('pages').replaceChildren(...pictures(preview.pages, words));
        dialog.showModal();
      } else {
        await send({});
      }
    } catch (refused) {
      refuse(refused);
    } finally {
      button.disabled = false;
      find('saved').textContent = '';
    }
  }

  async function send(more) {
    clearTimeout(waiting);
    await saving;
    const done = await post(bottom.complete, { answer: answer(), request: task.request, ...more });
    changed = false;
    window.location.assign(done.next);
  }

  async function confirmed() {
    const password = find('password');
    const button = find('confirmed');
    button.disabled = true;
    try {
      await send({ shown, password: password ? password.value : undefined });
    } catch (refused) {
      if (refused.code === 'wrong_password' && password) {
        const fault = find('password-error');
        fault.textContent = refused.message;
        fault.hidden = false;
        password.focus();
      } else {
        dialog.close();
        refuse(refused);
      }
    } finally {
      button.disabled = false;
    }
  }

  find('hand-in').addEventListener('click', handIn);
  find('save').addEventListener('click', save);
  find('confirmed').addEventListener('click', confirmed);
  find('back').addEventListener('click', () => dialog.close());
  const passwordForm = find('password-form');
  if (passwordForm) passwordForm.addEventListener('submit', (event) => { event.preventDefault(); confirmed(); });
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });
  document.addEventListener('visibilitychange', () => { if (changed && document.visibilityState === 'hidden') save(); });
}

start();
