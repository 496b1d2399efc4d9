// The page 下乡: tasks are taken along while there is a signal, filled in without one, and sent when there is one again.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { given } from '../pages/server.js';
import './field.css';
import { EnterPin, SetPin } from './gate.jsx';
import { OnPhone, Papers, ToTake } from './list.jsx';
import { usePhone } from './phone.js';
import { useRound } from './round.js';
import { isOver } from './sending.js';
import { Sheet } from './sheet.jsx';
import { useSignal } from './signal.js';
import { numbered } from './words.js';

const IDLE = 5 * 60 * 1000; // milliseconds out of sight after which the PIN is asked again

function Field({ words }) {
  const [told, tell] = useState('');
  const [busy, setBusy] = useState(false);
  const [wanted, setWanted] = useState(null); // keys to be taken once the PIN is set
  const [left, setLeft] = useState({}); // why tasks could not be taken along
  const [at, setAt] = useState(null); // the task that is open
  const phone = usePhone();
  const signal = useSignal();
  const round = useRound({ phone, signal, words, tell });
  const heading = useRef(null);
  const papersTitle = useRef(null);
  const closing = useRef(null); // keeps what the open task's form holds
  const leave = useRef(null);
  const open = useRef(false);
  const { lock, bag, tasks } = phone;
  const { listing } = signal;

  leave.current = async () => {
    if (closing.current) await closing.current();
    closing.current = null;
    setAt(null);
    if (bag) await phone.refresh();
  };
  open.current = Boolean(bag || wanted);
  useEffect(() => {
    let hiddenAt = 0;
    // The page has changed (its language, a newer version): shown at once, unless something is being done.
    if (navigator.serviceWorker?.controller) navigator.serviceWorker.addEventListener('controllerchange', () => { if (!open.current) window.location.reload(); });
    window.addEventListener('popstate', () => leave.current());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') hiddenAt = Date.now();
      else if (hiddenAt && Date.now() - hiddenAt > IDLE) window.location.reload();
    });
  }, []);
  useEffect(() => { if (heading.current) heading.current.focus({ preventScroll: true }); }, [at, bag]);

  const working = async (deed) => {
    setBusy(true);
    const end = await deed();
    setBusy(false);
    (end === true ? papersTitle : heading).current?.scrollIntoView();
  };
  // A task is a step of the phone's own way back.
  const show = (task) => {
    tell('');
    round.forget();
    setAt(task);
    history.pushState(null, '', `#${task.key}`);
  };
  const drop = async (task) => {
    if (task.answer && !window.confirm(words.dropUnsent)) return;
    closing.current = null;
    await bag.drop(task);
    history.back();
  };
  const takeAlong = (opened, keys) => working(async () => {
    const behind = await phone.takeAlong(opened, keys, (n) => tell(numbered(words.taking, { n, all: keys.length })));
    setLeft(behind);
    tell(numbered(words.taken, { n: keys.length - Object.keys(behind).length }));
  });
  const set = async (pin) => {
    const opened = await phone.begin(pin, listing.user);
    setWanted(null);
    await takeAlong(opened, wanted);
  };
  const enter = async (pin) => {
    const opened = await phone.enter(pin);
    if (!opened && lock.left <= 1) tell(words.wiped);
    return Boolean(opened);
  };
  const throwAway = async () => {
    const unsent = await phone.unsent();
    if (!window.confirm(unsent ? numbered(words.wipeUnsent, { n: unsent }) : words.wipeAll)) return;
    round.forget();
    await phone.throwAway();
    tell(words.wipedByHand);
  };

  if (!window.isSecureContext || !window.indexedDB || !(window.crypto && crypto.subtle)) return <p>{words.unsafe}</p>;
  if (lock === undefined) return <p role="status">{words.opening}</p>;
  if (at) return <Sheet bag={bag} task={at} words={words} closing={closing} onBack={() => history.back()} onDrop={() => drop(at)} />;
  if (wanted) return <SetPin words={words} onSet={set} onBack={() => setWanted(null)} />;
  if (lock && !bag) return <EnterPin words={words} left={lock.left} onEnter={enter} onWipe={throwAway} />;

  const filled = tasks.filter((task) => task.filled && !isOver(task));
  const here = new Set(tasks.map((task) => task.key));
  const foreign = Boolean(listing && bag && listing.user !== bag.user);
  const mine = new Set(listing ? listing.tasks.map((task) => task.key) : []);
  const gone = new Set(listing && !listing.more && !foreign ? [...here].filter((key) => !mine.has(key)) : []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{words.heading}</h1>
      <p class="quiet" data-ready={signal.ready ? '' : undefined}>{listing ? words.hasSignal : words.noSignal} {signal.ready ? words.opensAnywhere : words.storing}</p>
      <p role="status" data-told>{told || (signal.refusal && signal.refusal.message)}</p>
      {signal.signedOut && <p><a class="button" href="/sign-in?next=/field/">{words.signIn}</a></p>}
      <section>
        <h2>{words.onPhone}</h2>
        <OnPhone tasks={tasks} gone={gone} progress={round.progress} words={words} onOpen={show} />
        {filled.length > 0 && !round.papers.length && <p class="actions"><button type="button" class="primary" disabled={busy} data-send onClick={() => working(() => round.send(filled))}>{numbered(words.send, { n: filled.length })}</button></p>}
      </section>
      {round.papers.length > 0 && <Papers papers={round.papers} title={papersTitle} busy={busy} words={words} onConfirm={() => working(round.confirm)} />}
      {foreign && <p class="tour" role="status">{words.otherUser}</p>}
      {listing && !foreign && (
        <section>
          <h2>{words.toTake}</h2>
          <ToTake tasks={listing.tasks.filter((task) => !here.has(task.key))} left={left} primary={!filled.length} busy={busy} words={words} onTake={(keys) => (bag ? takeAlong(bag, keys) : setWanted(keys))} />
        </section>
      )}
      {lock && <section><button type="button" class="link" onClick={throwAway}>{words.wipe}</button></section>}
    </>
  );
}

render(<Field words={given('words')} />, document.querySelector('[data-field]'));
