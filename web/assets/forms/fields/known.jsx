// A fact that is known stands as text, with 更正 that opens its field.
import { useState } from 'preact/hooks';
import { isEmpty } from '../checks.js';
import { useOptions } from './choice.jsx';
import { configOf, usePage, useService } from './frame.jsx';
import { showMoney } from './text.jsx';

export function Known(props) {
  const { field, value, errors, readonly, disabled, domId } = props;
  const { say } = usePage();
  const [open, setOpen] = useState(isEmpty(value));
  const behind = { ...field, type: field.of };
  const options = useOptions(field.of === 'area' ? { valuesKey: 'areas', ...behind } : behind);
  if ((open || errors.length) && !readonly && !disabled) {
    const Field = useService('formFields').get(field.of);
    return <Field {...props} field={behind} />;
  }
  return (
    <div class="ff-field ff-known" id={domId} tabIndex={-1}>
      <span class="ff-known-label">{field.label}</span>
      <span class="ff-known-value">{isEmpty(value) ? <i>{say('未填写')}</i> : shown(value, field.of, options, say)}</span>
      {!readonly && !disabled && (
        <button type="button" class="ff-link" aria-label={`${say('更正')} ${field.label}`} onClick={() => setOpen(true)}>{say('更正')}</button>
      )}
    </div>
  );
}
Known.config = configOf('known', '已知情况');

function shown(value, type, options, say) {
  const option = options.find((each) => each.value === value);
  if (option) return option.label;
  if (type === 'money') return `${showMoney(value)} ${say('元')}`;
  if (typeof value === 'boolean') return say(value ? '是' : '否');
  return showDate(String(value));
}

/** 2020-05-30 as 2020年5月30日. */
export function showDate(text) {
  return text.replace(/^(\d{4})-(\d{2})-(\d{2})$/, (_, year, month, day) => `${year}年${Number(month)}月${Number(day)}日`);
}
