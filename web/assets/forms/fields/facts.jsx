// What is known, a row each: money in yuan to the right, days as days. It asks for nothing.
import { useExpressionEvaluation } from '@bpmn-io/form-js-viewer';
import { usePage } from './frame.jsx';
import { showMoney } from './text.jsx';

export function Facts({ field }) {
  return <dl class="ff-facts">{field.rows.map((row, at) => <Row key={at} {...row} />)}</dl>;
}
Facts.config = { type: 'facts', keyed: false, name: '已知情况', label: '已知情况', group: 'presentation', create: (options = {}) => ({ rows: [], ...options }) };

/** One fact; what is not known yet has no row. */
function Row({ label, value, as }) {
  const page = usePage();
  const known = useExpressionEvaluation(value);
  if (known === null || known === undefined || known === '') return null;
  return <div><dt>{label}</dt><dd class={as === 'money' ? 'ff-amount' : undefined}>{shown(known, as, page)}</dd></div>;
}

function shown(value, as, { say, language }) {
  if (as === 'money' && typeof value === 'number') return `${showMoney(value)} ${say('元')}`;
  if (as === 'date' && /^\d{4}-\d{2}-\d{2}/.test(value)) return showDay(value.slice(0, 10), language);
  return Array.isArray(value) ? value.join('、') : String(value);
}

/** 2020年5月30日, in English 30 May 2020. */
function showDay(day, language) {
  const options = { day: 'numeric', month: language === 'en' ? 'short' : 'long', year: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', options).format(new Date(`${day}T00:00:00Z`));
}
