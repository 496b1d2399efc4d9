// The desk that every editor works at: opens the file, saves it while it changes, has the whole draft checked, and shows
// what was found. An editor is {show(text), read(), lead(finding)?, mark(findings)?}; it calls `changed()` after each change.
import './studio.css';
import { FindingsList } from './findings.js';
import { connect } from './server.js';

const PAUSE = 600; // ms without a change before the file is saved and checked
const NARROW = '(max-width: 68.75rem)'; // where the list of files lies above the canvas and is folded
const AGAIN = 5000; // ms until a save that found no server is tried again

export class Desk {
  constructor() {
    this.page = document.querySelector('[data-studio]');
    this.words = JSON.parse(document.getElementById('studio-words').textContent);
    this.file = this.page.dataset.file;
    this.language = this.page.dataset.language;
    this.server = connect(this.page.dataset, this.words);
    this.status = this.part('status');
    this.part('fold').open = !window.matchMedia(NARROW).matches;
    this.unsaved = false;
    this.timer = null;
    this.working = Promise.resolve(); // saves and checks go one after the other
  }

  part(name) {
    return this.page.querySelector(`[data-${name}]`);
  }

  /** Puts the file into the editor; from then on the editor's changes are saved. */
  async open(editor) {
    this.editor = editor;
    this.list = new FindingsList(this.part('findings'), this.words, (finding) => this.lead(finding));
    this.part('import').addEventListener('change', (event) => this.take(event.target));
    this.part('export').addEventListener('click', () => this.give());
    this.part('theirs').addEventListener('click', () => { this.unsaved = false; window.location.reload(); });
    this.part('mine').addEventListener('click', () => this.insist());
    this.page.querySelectorAll('[data-ask]').forEach((button) => button.addEventListener('click', (event) => {
      if (!window.confirm(button.dataset.ask)) event.preventDefault();
      else this.unsaved = false;
    }));
    window.addEventListener('beforeunload', (event) => { if (this.unsaved) event.preventDefault(); });
    try {
      const { content, revision } = await this.server.open();
      this.revision = revision;
      await editor.show(content);
    } catch (problem) {
      this.say(this.words.unreadable.replace('{problem}', problem.message), 'faults');
      return;
    }
    await this.check();
    const wanted = decodeURIComponent(window.location.hash.slice(1));
    if (wanted && editor.lead) editor.lead({ element_id: wanted });
  }

  /** The editor's content has changed: it is saved and checked soon. */
  changed() {
    this.unsaved = true;
    this.say(this.words.changed);
    this.soon(PAUSE);
  }

  soon(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.working = this.working.then(() => this.save()); }, pause);
  }

  async save() {
    if (!this.unsaved || !this.part('overtaken').hidden) return;
    this.say(this.words.saving);
    this.unsaved = false; // what changes while it is on its way makes it unsaved again
    try {
      const { revision } = await this.server.save(await this.editor.read(), this.revision);
      this.revision = revision;
      this.markChanged();
    } catch (problem) {
      this.unsaved = true;
      this.say(problem.message, 'faults');
      if (problem.offline) this.soon(AGAIN);
      if (problem.told?.code === 'overtaken') this.overtaken(problem.told);
      return;
    }
    if (!this.unsaved) await this.check();
  }

  async check() {
    this.say(this.words.checking);
    try {
      const { findings, steps } = await this.server.check();
      if (this.unsaved) return;
      const errors = this.show(findings);
      steps.forEach((step) => this.step(step));
      const well = this.revision ? this.words.works : this.words.unchanged;
      this.say(errors ? this.words.faults.replace('{n}', errors) : well, errors ? 'faults' : 'works');
    } catch (problem) {
      this.say(problem.message, 'faults');
    }
  }

  /** Shows findings in list and editor; returns how many of them are errors. */
  show(findings) {
    const ours = findings.filter(({ file }) => file === this.file);
    this.list.show([...ours, ...findings.filter((finding) => !ours.includes(finding))], this.file);
    this.editor.mark?.(ours);
    return findings.filter(({ severity }) => severity === 'error').length;
  }

  lead(finding) {
    if (finding.file === this.file) this.editor.lead?.(finding);
    else window.location.assign(`${this.page.dataset.draftUrl}files/${finding.file}#${finding.element_id ?? ''}`);
  }

  step({ endpoint, state, told }) {
    const item = this.page.querySelector(`[data-step="${endpoint}"]`);
    if (!item) return;
    item.dataset.state = state;
    item.querySelector('small').textContent = told;
  }

  markChanged() {
    const link = this.page.querySelector(`[data-name="${CSS.escape(this.file)}"]`);
    if (link.querySelector('.changed')) return;
    const mark = document.createElement('span');
    mark.className = 'changed';
    mark.textContent = this.words.changed_mark;
    link.append(' ', mark);
  }

  overtaken({ by, at, revision }) {
    this.theirs = revision;
    this.part('overtaken-told').textContent = this.words.overtaken.replace('{by}', by).replace('{at}', at);
    this.part('overtaken').hidden = false;
  }

  insist() {
    this.revision = this.theirs;
    this.part('overtaken').hidden = true;
    this.unsaved = true;
    this.soon(0);
  }

  async take(input) {
    const [file] = input.files;
    input.value = '';
    if (!file) return;
    try {
      await this.editor.show(await file.text());
      this.changed();
    } catch (problem) {
      this.say(this.words.unreadable.replace('{problem}', problem.message), 'faults');
    }
  }

  async give() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await this.editor.read()]));
    link.download = this.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  say(text, state = '') {
    this.status.textContent = text;
    this.status.dataset.state = state;
  }
}
