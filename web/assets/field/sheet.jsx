// One task filled in on the phone: the same form and the same check as with a signal.
import { useEffect, useRef, useState } from 'preact/hooks';
import { labelOf, labelled } from '../pages/labels.js';
import { Level, day } from './list.jsx';
import { files, isOver } from './sending.js';

const AFTER_TYPING = 800; // milliseconds of rest before what is filled in is kept

/** `closing.current` keeps what is filled in, for who leaves by the phone's own way back. */
export function Sheet({ bag, task, words, closing, onBack, onDrop }) {
  const place = useRef(null);
  const form = useRef(null);
  const waiting = useRef(null);
  const photos = useRef({});
  const summary = useRef(null);
  const title = useRef(null);
  const [faults, setFaults] = useState(task.errors || {});
  const [saved, setSaved] = useState('');
  const over = isOver(task);
  const labels = labelled(task.schema.components, {});

  const keep = async () => {
    if (!waiting.current) return;
    clearTimeout(waiting.current);
    waiting.current = null;
    task.answer = form.current.answer();
    setSaved(await bag.keep(task).then(() => words.kept, () => words.full));
  };
  closing.current = keep;

  useEffect(() => {
    const hidden = () => { if (document.visibilityState === 'hidden') keep(); };
    const begin = async () => {
      for (const file of files(task.answer || {})) {
        const blob = await bag.photo(task, file);
        if (blob) photos.current[file.sha256] = URL.createObjectURL(blob);
      }
      if (!place.current) return;
      form.current = window.fangfanForm.mount(place.current, {
        schema: task.schema, data: task.data, draft: task.answer || task.draft, errors: task.errors || {}, readonly: over, language: words.language,
        addressOf: ({ sha256 }) => photos.current[sha256] || `/documents/${sha256}`,
        upload: async (file) => {
          const found = await bag.addPhoto(task, file).catch((fault) => { throw new Error(words[fault.message] || words.full); });
          photos.current[found.sha256] = URL.createObjectURL(file);
          return found;
        },
        onChange: () => {
          if (over) return;
          task.filled = false;
          setSaved('');
          clearTimeout(waiting.current);
          waiting.current = setTimeout(keep, AFTER_TYPING);
        },
      });
    };
    begin();
    document.addEventListener('visibilitychange', hidden);
    window.scrollTo(0, 0);
    title.current.focus({ preventScroll: true });
    return () => {
      clearTimeout(waiting.current);
      document.removeEventListener('visibilitychange', hidden);
      if (form.current) form.current.destroy();
      Object.values(photos.current).forEach((address) => URL.revokeObjectURL(address));
    };
  }, []);

  const done = async () => {
    const { answer, errors } = form.current.validate();
    setFaults(errors);
    if (Object.keys(errors).length) return setTimeout(() => summary.current.focus());
    clearTimeout(waiting.current);
    waiting.current = null;
    Object.assign(task, { answer, filled: true, told: null, errors: null });
    return bag.keep(task).then(onBack, () => setSaved(words.full));
  };

  return (
    <>
      <div class="identity" role="group" aria-label={words.household}>
        <strong>{task.title || words.untitled}</strong><span>{task.place}</span><Level word={task.level} />
        {task.due && <span>{words.due} {day(task.due, words.language)}</span>}
      </div>
      <h1 tabIndex={-1} ref={title}>{task.name}</h1>
      {task.data.mend && <p class="tour"><strong>{words.mend}</strong>{task.data.mend}</p>}
      {task.told && <p class="tour" role="status">{task.told.message}{over && ` ${words.keptToRead}`}</p>}
      {task.said.length > 0 && (
        <details><summary>{words.said}</summary>
          <ul class="said">{task.said.map((each, n) => <li key={n}><span class="verdict">{each.step}{each.outcome && `：${each.outcome}`}</span><br /><span class="quiet">{each.who}</span>{each.opinion && <><br />{each.opinion}</>}</li>)}</ul>
        </details>
      )}
      {Object.keys(faults).length > 0 && (
        <div class="error-summary" role="alert" tabIndex={-1} ref={summary}>
          <p class="error">{words.faults}</p>
          <ul>{Object.entries(faults).map(([path, message]) => <li key={path}><a href="#" onClick={(event) => { event.preventDefault(); form.current.focus(path); }}>{labelOf(labels, path)}{message}</a></li>)}</ul>
        </div>
      )}
      <div ref={place} data-form />
      <div class="bottom">
        {!over && <button type="button" class="primary" onClick={done} data-filled>{words.filled}</button>}
        <button type="button" onClick={onBack} data-back>{over ? words.back : words.later}</button>
        <span class="quiet" role="status">{saved}</span>
      </div>
      <p class="actions"><button type="button" class="link" onClick={onDrop} data-drop>{words.dropOne}</button></p>
    </>
  );
}
