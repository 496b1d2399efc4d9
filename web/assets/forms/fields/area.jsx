// A village: one list where there are few, one after the other (county, township, village) where there are many.
import { useState } from 'preact/hooks';
import { useOptions } from './choice.jsx';
import { configOf, controlOf, Frame, frameOf, usePage } from './frame.jsx';

const FEW = 15;

export function Area(props) {
  const options = useOptions({ valuesKey: 'areas', ...props.field });
  const { say } = usePage();
  const [typed, setTyped] = useState(null);
  const split = (option) => option.label.trim().split(/\s+/);
  const depth = Math.max(1, ...options.map((option) => split(option).length));
  const current = options.find((option) => option.value === props.value);
  const levels = options.length <= FEW || depth === 1 ? 1 : depth;
  const chosen = typed ?? (current ? split(current) : []);

  const choose = (level, name) => {
    const path = [...chosen.slice(0, level), name];
    setTyped(path);
    const found = options.find((option) => split(option).join(' ') === path.join(' '));
    props.onChange({ value: found?.value ?? null });
  };
  if (levels === 1) {
    return (
      <Frame {...frameOf(props)}>
        <select {...controlOf(props)} value={props.value ?? ''} onChange={({ target }) => props.onChange({ value: target.value || null })}>
          <option value="">{say('请选择')}</option>
          {options.map(({ label, value }) => <option key={value} value={value}>{label}</option>)}
        </select>
      </Frame>
    );
  }
  return (
    <Frame {...frameOf(props)} group kind="ff-area">
      {Array.from({ length: levels }, (_, level) => {
        const under = options.map(split).filter((names) => chosen.slice(0, level).every((name, at) => names[at] === name));
        const names = level <= chosen.length ? [...new Set(under.map((names) => names[level]).filter(Boolean))] : [];
        const title = say(['县区', '乡镇', '村'][level] ?? '村');
        return (
          <select key={level} aria-label={title} disabled={!names.length || props.readonly || props.disabled} value={chosen[level] ?? ''}
            onChange={({ target }) => choose(level, target.value)}>
            <option value="">{title}</option>
            {names.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        );
      })}
    </Frame>
  );
}
Area.config = configOf('area', '所在村');
