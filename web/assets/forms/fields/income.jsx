// The income sheet: a column a period, a row a kind of income or expense, sums below. One column after the other on a phone.
import { incomeColumns, incomeRows } from '../lists.js';
import { useFaults } from '../faults.js';
import { configOf, Frame, frameOf, usePage } from './frame.jsx';
import { readMoney, showMoney } from './text.jsx';
import { useState } from 'preact/hooks';

const earned = ['wage', 'operating', 'property', 'transfer'];

export function Income(props) {
  const { field, value, domId, onChange, readonly, disabled } = props;
  const { say } = usePage();
  const faults = useFaults(props.fieldInstance);
  const columns = field.columns ?? Object.keys(incomeColumns);
  const sheet = value ?? {};
  const change = (column, row, amount) => onChange({ value: { ...sheet, [column]: { ...sheet[column], [row]: amount } } });
  return (
    <Frame {...frameOf(props)} errors={faults.own} group kind="ff-income">
      <div class="ff-sheet" style={{ '--columns': columns.length }}>
        {columns.map((column, at) => (
          <fieldset key={column} class="ff-column">
            <legend>{say(incomeColumns[column])}<span class="ff-unit">（{say('元')}）</span></legend>
            {Object.keys(incomeRows).map((row) => (
              <Cell key={row} id={`${domId}-${column}-${row}`} label={say(incomeRows[row])} first={at === 0} fault={faults.at(`${column}.${row}`)}
                value={sheet[column]?.[row]} shut={readonly || disabled} onChange={(amount) => change(column, row, amount)} />
            ))}
            {sums(sheet[column] ?? {}).map(([label, sum]) => (
              <div key={label} class="ff-cell ff-sum"><span class={at ? 'ff-again' : ''}>{say(label)}</span><output>{showMoney(sum)}</output></div>
            ))}
          </fieldset>
        ))}
      </div>
    </Frame>
  );
}
Income.config = configOf('income', '家庭收支');

function Cell({ id, label, first, fault, value, shut, onChange }) {
  const [typing, setTyping] = useState(null);
  return (
    <div class={`ff-cell ${fault ? 'ff-invalid' : ''}`}>
      <label for={id} class={first ? '' : 'ff-again'}>{label}</label>
      <input id={id} type="text" inputmode="decimal" autocomplete="off" maxLength={20} disabled={shut} aria-invalid={Boolean(fault)}
        aria-describedby={fault ? `${id}-error` : undefined} value={typing ?? showMoney(value)}
        onFocus={({ target }) => setTyping(target.value = value === null || value === undefined ? '' : String(value))} onBlur={() => setTyping(null)}
        onInput={({ target }) => { setTyping(target.value); onChange(readMoney(target.value)); }} />
      {fault && <p class="ff-error" id={`${id}-error`} role="status">{fault}</p>}
    </div>
  );
}

// Household totals, added in fen: what the registry works out a head rests on them.
function sums(cells) {
  const fen = (rows) => rows.reduce((sum, row) => sum + (typeof cells[row] === 'number' ? Math.round(cells[row] * 100) : 0), 0);
  const net = fen(earned) - fen(['operating_cost']);
  return [['收入合计', fen(earned) / 100], ['纯收入', net / 100], ['可支配收入', (net - fen(['transfer_cost'])) / 100]];
}
