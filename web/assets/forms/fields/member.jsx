// One member's card.
import { useState } from 'preact/hooks';
import { birthOf, idFault, sexOf } from '../idnumber.js';
import { educations, healths, insurances, labours, relations, sexes, students } from '../lists.js';
import { usePage } from './frame.jsx';

export function MemberCard({ id, title, member, faults, onChange, onClose, onRemove }) {
  const { say } = usePage();
  const [sure, setSure] = useState(false);
  const set = (changes) => onChange({ ...member, ...changes });
  const part = (key, label, required) => ({ id: `${id}-${key}`, label: say(label), required, fault: faults[key] });
  const typeId = (text) => {
    const number = text.replace(/\s/g, '').toUpperCase() || null;
    // The number says the birth date and the sex: nobody types them twice.
    set(number && !idFault(number) ? { id_number: number, birth: birthOf(number), sex: sexOf(number) } : { id_number: number });
  };
  const choice = (key, label, list, required = true) => (
    <Choice {...part(key, label, required)} list={list} value={member[key]} prompt={say('请选择')} onChange={(value) => set({ [key]: value })} />
  );
  return (
    <div class="ff-card" id={id} tabIndex={-1}>
      <h4>{member.name || title}</h4>
      <div class="ff-grid">
        <Text {...part('name', '姓名', true)} value={member.name} onInput={(text) => set({ name: text || null })} maxLength={50} />
        <Text {...part('id_number', '证件号码', !member.key)} value={member.id_number} onInput={typeId} maxLength={26}
          hint={member.key && !member.id_number ? say('已登记，如需更正请填写') : null} />
        <Options {...part('sex', '性别', true)} type="radio" list={sexes} isChosen={(value) => member.sex === value} onChange={(value) => set({ sex: value })} />
        <Text {...part('birth', '出生日期', true)} type="date" value={member.birth} onInput={(text) => set({ birth: text || null })} />
        {choice('relation', '与户主关系', relations)}
        {choice('labour', '劳动技能', labours)}
        {choice('education', '文化程度', educations, false)}
        {choice('student', '在校生状况', students, false)}
        <Options {...part('health', '健康状况', true)} type="checkbox" list={healths} isChosen={(value) => (member.health ?? []).includes(value)}
          onChange={(value) => set({ health: toggled(member.health ?? [], value) })} />
        {choice('medical_insurance', '基本医疗保险', insurances)}
        <Text {...part('work_place', '务工地点')} value={member.work_place} onInput={(text) => set({ work_place: text || null })} maxLength={100} />
        <Text {...part('work_months', '务工月数')} inputmode="numeric" value={member.work_months} maxLength={2}
          onInput={(text) => set({ work_months: /^\d+$/.test(text) ? Number(text) : text || null })} />
        <Text {...part('phone', '联系电话')} inputmode="tel" value={member.phone} onInput={(text) => set({ phone: text.replace(/\s/g, '') || null })} maxLength={20} />
      </div>
      <div class="ff-under">
        <button type="button" class="ff-done" onClick={onClose}>{say('完成')}</button>
        <button type="button" class="ff-link" onClick={() => (sure ? onRemove() : setSure(true))} onBlur={() => setSure(false)}>{say(sure ? '确认删除' : '删除')}</button>
      </div>
    </div>
  );
}

// 健康 stands alone: choosing it takes the others away, and they take it away.
function toggled(health, value) {
  if (health.includes(value)) return health.filter((each) => each !== value);
  return value === '健康' ? ['健康'] : [...health.filter((each) => each !== '健康'), value];
}

function Part({ id, label, required, fault, hint, group = false, children }) {
  const name = <>{label}{required && <span class="ff-required" aria-hidden="true"> *</span>}</>;
  const notes = <>{hint && <p class="ff-description" id={`${id}-hint`}>{hint}</p>}{fault && <p class="ff-error" id={`${id}-error`} role="status">{fault}</p>}</>;
  return group
    ? <fieldset class={`ff-field ${fault ? 'ff-invalid' : ''}`} id={id} tabIndex={-1}><legend>{name}</legend>{children}{notes}</fieldset>
    : <div class={`ff-field ${fault ? 'ff-invalid' : ''}`}><label for={id}>{name}</label>{children}{notes}</div>;
}

const attributesOf = ({ id, required, fault, hint }) => ({
  id, required, 'aria-invalid': Boolean(fault), 'aria-describedby': [hint && `${id}-hint`, fault && `${id}-error`].filter(Boolean).join(' ') || undefined,
});

function Text({ value, onInput, type = 'text', inputmode, maxLength, ...part }) {
  return (
    <Part {...part}>
      <input {...attributesOf(part)} type={type} inputmode={inputmode} maxLength={maxLength} autocomplete="off" value={value ?? ''} onInput={({ target }) => onInput(target.value)} />
    </Part>
  );
}

function Choice({ value, list, prompt, onChange, ...part }) {
  return (
    <Part {...part}>
      <select {...attributesOf(part)} value={value ?? ''} onChange={({ target }) => onChange(target.value || null)}>
        <option value="">{prompt}</option>
        {list.map((each) => <option key={each} value={each}>{each}</option>)}
      </select>
    </Part>
  );
}

function Options({ type, list, isChosen, onChange, ...part }) {
  return (
    <Part {...part} group>
      <div class="ff-options">
        {list.map((each) => (
          <label key={each} class="ff-option"><input type={type} name={part.id} checked={isChosen(each)} onChange={() => onChange(each)} /><span>{each}</span></label>
        ))}
      </div>
    </Part>
  );
}
