// The page 下乡: tasks are taken along while there is a signal, filled in without one, and sent when there is one again.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Refused, given } from '../pages/server.js';
import { carried, make, open } from './bag.js';
import './field.css';
import { EnterPin, SetPin } from './gate.jsx';
import { OnPhone, ToTake } from './list.jsx';
import { listed, take } from './reach.js';
import { handIn, isOver, prepare, refused } from './sending.js';
import { Sheet } from './sheet.jsx';
import { unsent, wipe } from './shelf.js';

const IDLE = 5 * 60 * 1000; // milliseconds out of sight after which the PIN is asked again

function Field({ words }) {
  const [lock, setLock] = useState(undefined); // undefined: not looked yet; null: nothing on this phone
  const [bag, setBag] = useState(null);
  const [tasks, setTasks] = useState([]);
  const [online, setOnline] = useState(null); // what the server lists; null without a signal
  const [signedOut, setSignedOut] = useState(false);
  const [ready, setReady] = useState(false);
  const [wanted, setWanted] = useState(null); // keys to be taken once the PIN is set
  const [at, setAt] = useState(null); // the task that is open
  const [papers, setPapers] = useState([]); // shown, to be confirmed
  const [progress, setProgress] = useState({});
  const [refusals, setRefusals] = useState({}); // why a task could not be taken along
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const papersTitle = useRef(null);
  const heading = useRef(null);
  const closing = useRef(null); // keeps what the open task's form holds

  const say = (key, text) => setProgress((before) => ({ ...before, [key]: text }));
  const numbered = (text, numbers) => Object.entries(numbers).reduce((made, [name, value]) => made.replace(`{${name}}`, value), text);
  const refresh = async (opened = bag) => {
    const found = opened ? await opened.tasks() : [];
    setTasks(found);
    return found;
  };
  const summed = (sent, found) => numbered(words.sent, { n: sent, left: found.filter((task) => task.filled || task.told).length });
  const look = async () => setLock(await carried());

  const ask = async () => {
    try {
      const found = await listed();
      setOnline(found);
      setSignedOut(false);
      return found;
    } catch (error) {
      setOnline(null);
      setSignedOut(error instanceof Refused && error.code === 'not_signed_in');
      if (error instanceof Refused && error.code !== 'not_signed_in') setTold(error.message);
      return null;
    }
  };

  useEffect(() => {
    look();
    ask();
    const away = () => setOnline(null);
    let hiddenAt = 0;
    const seen = () => {
      if (document.visibilityState === 'hidden') hiddenAt = Date.now();
      else if (hiddenAt && Date.now() - hiddenAt > IDLE) window.location.reload();
    };
    window.addEventListener('popstate', close);
    window.addEventListener('online', ask);
    window.addEventListener('offline', away);
    document.addEventListener('visibilitychange', seen);
    if (navigator.serviceWorker) {
      navigator.serviceWorker.register('/field/worker.js', { scope: '/field/' }).catch(() => {});
      navigator.serviceWorker.ready.then(() => setReady(true));
    }
  }, []);
  useEffect(() => { if (heading.current) heading.current.focus({ preventScroll: true }); }, [at, bag]);

  // A task is a step of the phone's own way back.
  const show = (task) => {
    setTold('');
    setPapers([]);
    setAt(task);
    history.pushState(null, '', `#${task.key}`);
  };
  async function close() {
    if (closing.current) await closing.current();
    closing.current = null;
    setAt(null);
    setBag((opened) => { refresh(opened); return opened; });
  }
  async function drop(task) {
    if (task.answer && !window.confirm(words.dropUnsent)) return;
    closing.current = null;
    await bag.drop(task);
    history.back();
  }

  const begin = (found) => (bag ? takeAlong(bag, found) : setWanted(found));

  async function takeAlong(opened, keys) {
    setBusy(true);
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    const faults = {};
    let taken = 0;
    for (const [n, key] of keys.entries()) {
      setTold(numbered(words.taking, { n: n + 1, all: keys.length }));
      try {
        const task = await take(key);
        const request = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        await opened.keep({ ...task, taken: Date.now(), request, uploaded: [] });
        taken += 1;
      } catch (error) {
        faults[key] = error instanceof Refused ? error.message : words.offline;
      }
    }
    setRefusals(faults);
    setTold(numbered(words.taken, { n: taken }));
    await refresh(opened);
    setBusy(false);
    if (heading.current) heading.current.scrollIntoView();
  }

  async function set(pin) {
    const opened = await make(pin, online.user);
    setBag(opened);
    setWanted(null);
    await takeAlong(opened, wanted);
    await look();
  }

  async function enter(pin) {
    const opened = await open(pin);
    if (!opened) {
      const after = await carried();
      setLock(after);
      if (!after) setTold(words.wiped);
      return false;
    }
    setBag(opened);
    await refresh(opened);
    await look();
    return true;
  }

  async function throwAway() {
    const left = await unsent();
    if (!window.confirm(left ? numbered(words.wipeUnsent, { n: left }) : words.wipeAll)) return;
    if (bag) bag.close();
    await wipe();
    setBag(null);
    setTasks([]);
    setLock(null);
    setTold(words.wipedByHand);
  }

  async function send() {
    setBusy(true);
    setPapers([]);
    setTold(words.sending);
    const listing = await ask();
    if (!listing) return stop(words.offline);
    if (listing.user !== bag.user) return stop(words.otherUser);
    const shown = [];
    let sent = 0;
    for (const task of filled) {
      try {
        const made = await prepare(bag, task, (name, numbers) => say(task.key, numbered(words[name], numbers || {})));
        if (made.sent) sent += 1;
        else shown.push({ task, ...made });
      } catch (error) {
        if (!await refused(bag, task, error)) return stop(error instanceof Refused ? error.message : words.offline);
      } finally {
        say(task.key, '');
      }
    }
    const found = await refresh();
    setPapers(shown);
    setBusy(false);
    setTold(shown.length ? numbered(words.shown, { n: shown.length }) : summed(sent, found));
    if (shown.length) setTimeout(() => papersTitle.current.focus());
    return undefined;
  }

  async function confirm() {
    setBusy(true);
    let sent = 0;
    for (const [n, { task, shown }] of papers.entries()) {
      setTold(numbered(words.handingIn, { n: n + 1, all: papers.length }));
      try {
        await handIn(bag, task, shown);
        sent += 1;
      } catch (error) {
        if (!await refused(bag, task, error)) { setPapers(papers.slice(n)); return stop(error instanceof Refused ? error.message : words.offline); }
      }
    }
    setPapers([]);
    await ask();
    setTold(summed(sent, await refresh()));
    setBusy(false);
    heading.current.scrollIntoView();
  }

  async function stop(text) {
    setTold(text);
    setBusy(false);
    await refresh();
    heading.current.scrollIntoView();
  }

  const filled = tasks.filter((task) => task.filled && !isOver(task));
  const here = new Set(tasks.map((task) => task.key));
  const listedKeys = new Set(online ? online.tasks.map((task) => task.key) : []);
  const gone = new Set(online && !online.more ? [...here].filter((key) => !listedKeys.has(key)) : []);
  const others = online ? online.tasks.filter((task) => !here.has(task.key)) : [];

  if (!window.isSecureContext || !window.indexedDB || !(window.crypto && crypto.subtle)) return <p>{words.unsafe}</p>;
  if (lock === undefined) return <p role="status">{words.opening}</p>;
  if (at) {
    return <Sheet bag={bag} task={at} words={words} closing={closing} onBack={() => history.back()} onDrop={() => drop(at)} />;
  }
  if (wanted) return <SetPin words={words} onSet={set} onBack={() => setWanted(null)} />;
  if (lock && !bag) return <EnterPin words={words} left={lock.left} onEnter={enter} onWipe={throwAway} />;
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{words.heading}</h1>
      <p class="quiet" data-ready={ready ? '' : undefined}>{online ? words.hasSignal : words.noSignal} {ready ? words.opensAnywhere : ''}</p>
      <p role="status" data-told>{told}</p>
      {signedOut && <p><a class="button" href="/sign-in?next=/field/">{words.signIn}</a></p>}
      <section>
        <h2>{words.onPhone}</h2>
        <OnPhone tasks={tasks} gone={gone} progress={progress} words={words} onOpen={show} />
        {filled.length > 0 && !papers.length && <p class="actions"><button type="button" class="primary" disabled={busy} data-send onClick={send}>{words.send.replace('{n}', filled.length)}</button></p>}
      </section>
      {papers.length > 0 && (
        <section aria-labelledby="papers-title">
          <h2 id="papers-title" tabIndex={-1} ref={papersTitle}>{words.papersTitle}</h2>
          {papers.map(({ task, pages }) => (
            <section key={task.key}>
              <h3>{task.title}：{task.name}</h3>
              <div class="sheet-pages" tabIndex={0} role="group" aria-label={task.title}>{pages.map((source, n) => <img key={n} src={source} alt={words.page.replace('{n}', n + 1)} />)}</div>
            </section>
          ))}
          <p class="actions"><button type="button" class="primary" disabled={busy} data-confirm onClick={confirm}>{words.confirm.replace('{n}', papers.length)}</button></p>
        </section>
      )}
      {online && (
        <section>
          <h2>{words.toTake}</h2>
          <ToTake tasks={others} told={refusals} primary={!filled.length && !papers.length} busy={busy} words={words} onTake={begin} />
        </section>
      )}
      {lock && <section><button type="button" class="link" onClick={throwAway}>{words.wipe}</button></section>}
    </>
  );
}

render(<Field words={given('words')} />, document.querySelector('[data-field]'));
