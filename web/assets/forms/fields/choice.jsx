// Choices by the device's own controls: they work on an old phone, by keyboard and by screen reader.
import { useContext } from 'preact/hooks';
import { LocalExpressionContext } from '@bpmn-io/form-js-viewer';
import { offeredOptions } from '../walk.js';
import { configOf, controlOf, described, Frame, frameOf, usePage, useService } from './frame.jsx';

/** The options of a field: `[{label, value}]`. */
export function useOptions(field) {
  const { initialData } = useService('form')._getState();
  return offeredOptions(field, initialData ?? {}, useContext(LocalExpressionContext));
}

export function Select(props) {
  const { say } = usePage();
  return (
    <Frame {...frameOf(props)}>
      <Chooser props={props} options={useOptions(props.field)} prompt={say('请选择')} />
    </Frame>
  );
}
Select.config = configOf('select', '下拉选择');

function Chooser({ props, options, prompt }) {
  const at = options.findIndex((option) => option.value === props.value);
  return (
    <select {...controlOf(props)} value={at < 0 ? '' : String(at)}
      onChange={({ target }) => props.onChange({ value: target.value === '' ? null : options[Number(target.value)].value })}>
      <option value="">{prompt}</option>
      {options.map((option, index) => <option key={index} value={String(index)}>{option.label}</option>)}
    </select>
  );
}

export function Radio(props) {
  return <Options props={props} type="radio" isChosen={(value) => props.value === value} change={(value) => value} />;
}
Radio.config = configOf('radio', '单选');

export function Checklist(props) {
  const chosen = Array.isArray(props.value) ? props.value : [];
  return <Options props={props} type="checkbox" isChosen={(value) => chosen.includes(value)}
    change={(value) => (chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value])} />;
}
Checklist.config = configOf('checklist', '多选', []);

export function Taglist(props) {
  return <Checklist {...props} />;
}
Taglist.config = configOf('taglist', '多选', []);

function Options({ props, type, isChosen, change }) {
  const { domId, field, disabled, readonly, errors, onBlur } = props;
  return (
    <Frame {...frameOf(props)} group>
      <div class="ff-options">
        {useOptions(field).map((option, at) => (
          <label key={at} class="ff-option">
            <input type={type} name={domId} checked={isChosen(option.value)} disabled={disabled || readonly} onBlur={onBlur}
              aria-describedby={described(domId, errors, field.description)}
              onChange={() => props.onChange({ value: change(option.value) })} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </Frame>
  );
}

export function Checkbox(props) {
  const { field, value, errors } = props;
  return (
    <Frame {...frameOf({ ...props, field: { ...field, label: null, validate: {} } })} kind="ff-checkbox">
      <label class="ff-option">
        <input {...controlOf(props)} type="checkbox" checked={value === true} aria-invalid={errors.length > 0}
          onChange={({ target }) => props.onChange({ value: target.checked })} />
        <span>{field.label}{field.validate?.required && <span class="ff-required" aria-hidden="true"> *</span>}</span>
      </label>
    </Frame>
  );
}
Checkbox.config = configOf('checkbox', '勾选', false);

const inputTypes = { date: 'date', time: 'time', datetime: 'datetime-local' };

/** Dates and times by the device's own control. */
export function Datetime(props) {
  const { field, value } = props;
  return (
    <Frame {...frameOf({ ...props, field: { ...field, label: field.dateLabel ?? field.timeLabel ?? field.label } })} kind="ff-date">
      <input {...controlOf(props)} type={inputTypes[field.subtype] ?? 'date'} value={value ?? ''}
        onInput={({ target }) => props.onChange({ value: target.value || null })} />
    </Frame>
  );
}
Datetime.config = { ...configOf('datetime', '日期'), create: (options = {}) => ({ label: '日期', subtype: 'date', ...options }) };
