// The PIN: set when the first task is taken along, asked whenever the page is opened.
import { useState } from 'preact/hooks';
import { isPin } from './bag.js';
import { numbered } from './words.js';

function Pin({ id, label, hint, value, onInput, fault }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="error" id={`${id}-fault`}>{fault}</p>}
      <input id={id} type="password" autocomplete="off" required value={value} onInput={(event) => onInput(event.target.value)}
        aria-describedby={[hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined} aria-invalid={fault ? 'true' : undefined} />
    </div>
  );
}

export function SetPin({ words, onSet, onBack }) {
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [fault, setFault] = useState({});
  const [busy, setBusy] = useState(false);
  const set = async (event) => {
    event.preventDefault();
    if (!isPin(pin)) return setFault({ pin: words.weakPin });
    if (pin !== again) return setFault({ again: words.otherPin });
    setBusy(true);
    return onSet(pin);
  };
  return (
    <form class="reading" onSubmit={set} noValidate>
      <h1>{words.setPin}</h1>
      <p>{words.whyPin}</p>
      <Pin id="pin" label={words.pin} hint={words.pinHint} value={pin} onInput={setPin} fault={fault.pin} />
      <Pin id="pin-again" label={words.pinAgain} value={again} onInput={setAgain} fault={fault.again} />
      <p class="actions"><button class="primary" disabled={busy}>{words.setAndTake}</button><button type="button" onClick={onBack}>{words.back}</button></p>
    </form>
  );
}

export function EnterPin({ words, left, onEnter, onWipe }) {
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    const opened = await onEnter(pin);
    if (opened) return;
    setBusy(false);
    setWrong(true);
    setPin('');
    document.getElementById('pin')?.focus(); // after the last try it is gone
  };
  const fault = wrong || left < 5 ? numbered(words.wrongPin, { n: left }) : '';
  return (
    <form class="reading" onSubmit={enter}>
      <h1>{words.locked}</h1>
      <Pin id="pin" label={words.pin} value={pin} onInput={setPin} fault={fault} />
      <p class="actions"><button class="primary" disabled={busy}>{words.open}</button><button type="button" class="link" onClick={onWipe}>{words.forgot}</button></p>
    </form>
  );
}
