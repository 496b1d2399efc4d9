// The household's members as cards: one open at a time, a line for each of the others.
import { useState } from 'preact/hooks';
import { useFaults } from '../faults.js';
import { memberFaults } from '../members.js';
import { say as sayMessage } from '../messages.js';
import { configOf, Frame, frameOf, usePage, useService } from './frame.jsx';
import { MemberCard } from './member.jsx';

export function Members(props) {
  const { field, onChange, readonly, disabled, domId } = props;
  const { say, language, now } = usePage();
  const known = useService('form')._getState().initialData ?? {};
  const faults = useFaults(props.fieldInstance);
  const members = Array.isArray(props.value) ? props.value : [];
  const [open, setOpen] = useState(-1);
  const [left, setLeft] = useState({}); // what was found when a card was closed: index → {key: message}
  const shut = readonly || disabled;

  const change = (at, member) => onChange({ value: members.map((each, index) => (index === at ? member : each)) });
  const close = (at) => {
    const found = memberFaults(members[at], { now: now(), known });
    const messages = Object.fromEntries(found.map((each) => [each.path, sayMessage(each, language)]));
    setLeft({ ...left, [at]: messages });
    if (!found.length) setOpen(-1);
  };
  const add = () => {
    onChange({ value: [...members, members.length ? {} : { relation: '户主' }] });
    setOpen(members.length);
  };
  const remove = (at) => {
    onChange({ value: members.filter((_, index) => index !== at) });
    setLeft({});
    setOpen(-1);
  };
  return (
    <Frame {...frameOf(props)} errors={faults.own} group kind="ff-members">
      <p class="ff-description">{say('共')}{members.length}{say('人')}</p>
      <ol>
        {members.map((member, at) => {
          const wrong = { ...left[at], ...faults.under(`[${at}].`) };
          const title = `${say('第')}${at + 1}${say('位')}`;
          return (
            <li key={at} class={`ff-member ${Object.keys(wrong).length ? 'ff-invalid' : ''}`}>
              {open === at && !shut
                ? <MemberCard id={`${domId}-${at}`} title={title} member={member} faults={wrong} onChange={(next) => change(at, next)} onClose={() => close(at)} onRemove={() => remove(at)} />
                : <Summary id={`${domId}-${at}`} title={title} member={member} wrong={Object.keys(wrong).length > 0} now={now()} shut={shut} onOpen={() => setOpen(at)} />}
            </li>
          );
        })}
      </ol>
      {!shut && members.length < (field.maximum ?? 30) && <button type="button" class="ff-add" onClick={add}>＋ {say('添加成员')}</button>}
    </Frame>
  );
}
Members.config = configOf('members', '家庭成员', []);

function Summary({ id, title, member, wrong, now, shut, onOpen }) {
  const { say } = usePage();
  const age = member.birth ? `${ageAt(member.birth, now)}${say('岁')}` : null;
  const facts = [member.relation, member.sex, age, member.student || member.education, (member.health ?? []).join('、'), member.labour].filter(Boolean);
  return (
    <div class="ff-summary" id={id} tabIndex={-1}>
      <p><strong>{member.name || title}</strong>{wrong && <span class="ff-error"> {say('有误')}</span>}<br /><span class="ff-description">{facts.join(' · ')}</span></p>
      {!shut && <button type="button" aria-label={`${say('修改')} ${member.name || title}`} onClick={onOpen}>{say('修改')}</button>}
    </div>
  );
}

function ageAt(birth, now) {
  const years = Number(now.slice(0, 4)) - Number(birth.slice(0, 4));
  return now.slice(5, 10) < birth.slice(5, 10) ? years - 1 : years;
}
