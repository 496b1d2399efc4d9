// What is on the phone and how far each is; what can be taken along while there is a signal.
import { useEffect, useState } from 'preact/hooks';
import { isOver } from './sending.js';
import { numbered } from './words.js';

const LEVELS = { 红: 'red', 黄: 'amber', 蓝: 'blue' };

/** A day as the other pages write it: 2020年5月30日, 30 May 2020. */
export function day(moment, language) {
  const english = language.startsWith('en');
  return moment ? new Date(moment).toLocaleDateString(english ? 'en-GB' : language, { timeZone: 'Asia/Shanghai', year: 'numeric', month: english ? 'short' : 'long', day: 'numeric' }) : '';
}

export function Level({ word }) {
  return word ? <span class={`level ${LEVELS[word] || ''}`}>{word}</span> : null;
}

function About({ task, words }) {
  return (
    <>
      <span class="quiet">{task.name}</span>
      <span class="about"><Level word={task.level} /> {task.place} {task.due && <span class={new Date(task.due) < new Date() ? 'late' : ''}>{words.due} {day(task.due, words.language)}</span>}</span>
    </>
  );
}

function stateOf(task, gone, words) {
  if (isOver(task)) return words.stateOver;
  if (gone.has(task.key)) return words.stateGone;
  if (task.told) return words.stateRefused;
  if (task.filled) return words.stateFilled;
  return task.answer ? words.stateBegun : words.stateBlank;
}

/** `gone`: keys of tasks that are no longer on the clerk's list. */
export function OnPhone({ tasks, gone, progress, words, onOpen }) {
  if (!tasks.length) return <p>{words.nothingTaken}</p>;
  return (
    <ul class="carried">
      {tasks.map((task) => (
        <li key={task.key} data-task={task.key} data-state={isOver(task) ? 'over' : task.told ? 'refused' : task.filled ? 'filled' : task.answer ? 'begun' : 'blank'}>
          <div>
            <strong>{task.title || words.untitled}</strong>
            <About task={task} words={words} />
            <span class="state" role={progress[task.key] ? 'status' : undefined}>{progress[task.key] || stateOf(task, gone, words)}</span>
            {task.told && <span class="told">{task.told.message}</span>}
          </div>
          <button type="button" onClick={() => onOpen(task)} aria-label={`${isOver(task) ? words.look : words.fill}：${task.title} ${task.name}`}>{isOver(task) ? words.look : words.fill}</button>
        </li>
      ))}
    </ul>
  );
}

/** `left`: why a task could not be taken along, by its key. */
export function ToTake({ tasks, left, primary, busy, words, onTake }) {
  const [picked, setPicked] = useState(new Set());
  if (!tasks.length) return <p>{words.nothingWaiting}</p>;
  const chosen = tasks.map((task) => task.key).filter((key) => picked.has(key));
  const all = chosen.length === tasks.length;
  const toggle = (key) => setPicked((before) => { const after = new Set(before); if (!after.delete(key)) after.add(key); return after; });
  return (
    <>
      <p>{words.takeHint}</p>
      <ul class="carried">
        {tasks.length > 1 && <li><label><input type="checkbox" checked={all} data-all onChange={() => setPicked(new Set(all ? [] : tasks.map((task) => task.key)))} /><strong>{words.all}</strong></label></li>}
        {tasks.map((task) => (
          <li key={task.key}>
            <label>
              <input type="checkbox" checked={picked.has(task.key)} onChange={() => toggle(task.key)} />
              <span><strong>{task.title || words.untitled}</strong><About task={task} words={words} />{task.key in left && <span class="told" role="alert">{left[task.key] || words.offline}</span>}</span>
            </label>
          </li>
        ))}
      </ul>
      <p class="actions"><button type="button" class={primary ? 'primary' : ''} disabled={busy || !chosen.length} data-take onClick={() => onTake(chosen)}>{numbered(words.take, { n: chosen.length })}</button></p>
    </>
  );
}

/** What will be signed, paper by paper; nothing is handed in unseen. */
export function Papers({ papers, title, busy, words, onConfirm }) {
  useEffect(() => title.current.focus(), []);
  return (
    <section aria-labelledby="papers-title">
      <h2 id="papers-title" tabIndex={-1} ref={title}>{words.papersTitle}</h2>
      {papers.map(({ task, pages }) => (
        <section key={task.key}>
          <h3>{task.title}：{task.name}</h3>
          <div class="sheet-pages" tabIndex={0} role="group" aria-label={task.title}>{pages.map((source, n) => <img key={n} src={source} alt={numbered(words.page, { n: n + 1 })} />)}</div>
        </section>
      ))}
      <p class="actions"><button type="button" class="primary" disabled={busy} data-confirm onClick={onConfirm}>{numbered(words.confirm, { n: papers.length })}</button></p>
    </section>
  );
}
