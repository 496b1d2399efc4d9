// Single lines with a meaning: ID numbers, phones, money. Errors wait until the field is left.
import { useState } from 'preact/hooks';
import { configOf, controlOf, Frame, frameOf, usePage } from './frame.jsx';

function Line({ props, suffix, kind, show, read, ...attributes }) {
  const [typing, setTyping] = useState(null);
  const { value, onChange, onBlur, onFocus } = props;
  const leave = () => { setTyping(null); onBlur?.(); };
  const errors = typing === null ? props.errors : [];
  return (
    <Frame {...frameOf(props)} errors={errors} kind={kind}>
      <span class="ff-line">
        <input {...controlOf({ ...props, errors })} {...attributes} type="text" value={typing ?? show(value)}
          onFocus={(event) => { setTyping(event.target.value = plain(value)); onFocus?.(); }} onBlur={leave}
          onInput={({ target }) => { setTyping(target.value); onChange({ value: read(target.value) }); }} />
        {suffix && <span class="ff-suffix">{suffix}</span>}
      </span>
    </Frame>
  );
}

const plain = (value) => (value === null || value === undefined ? '' : String(value));

/** A number of yuan from what was typed; what is none stays text, so that the check can say so. */
export function readMoney(text) {
  const tidy = text.trim().replace(/[,，\s]/g, '').replace(/。/g, '.');
  if (!tidy) return null;
  return /^-?\d+(\.\d+)?$/.test(tidy) ? Number(tidy) : text;
}

/** Money as it is shown: 4,000.00. */
export function showMoney(value) {
  return typeof value === 'number' ? value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }) : plain(value);
}

export function IdNumber(props) {
  const read = (text) => text.replace(/\s/g, '').toUpperCase().replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0)) || null;
  return <Line props={props} show={plain} read={read} maxLength={26} autocomplete="off" inputmode="text" kind="ff-idnumber" />;
}
IdNumber.config = configOf('idnumber', '证件号码');

export function Phone(props) {
  return <Line props={props} show={plain} read={(text) => text.replace(/\s/g, '') || null} maxLength={20} inputmode="tel" autocomplete="off" kind="ff-phone" />;
}
Phone.config = configOf('phone', '电话');

export function Money(props) {
  const { say } = usePage();
  return <Line props={props} show={showMoney} read={readMoney} maxLength={20} inputmode="decimal" autocomplete="off" suffix={say('元')} kind="ff-money" />;
}
Money.config = configOf('money', '金额');
