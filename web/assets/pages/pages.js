// What every page needs: its look, and rows by keyboard (j, k, enter).
import { unsent, wipe } from '../field/shelf.js';
import './job.js';
import './site.css';

const rows = [...document.querySelectorAll('[data-rows] tbody tr')];
let at = -1;

function go(step) {
  if (!rows.length) return;
  if (rows[at]) rows[at].classList.remove('at');
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at].classList.add('at');
  rows[at].querySelector('a').focus();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return;
  if (event.key === 'j') go(1);
  if (event.key === 'k') go(-1);
});

const filters = document.querySelector('[data-filters]');
if (filters && window.matchMedia('(max-width: 40rem)').matches && !document.querySelector('.in-use')) filters.open = false;

const summary = document.querySelector('.error-summary:not([hidden])');
if (summary && summary.tabIndex >= -1) summary.focus();

// A table wider than its place is scrolled by keys too.
document.querySelectorAll('.scroll').forEach((box) => {
  if (box.scrollWidth <= box.clientWidth) return;
  const caption = box.querySelector('caption');
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', (caption && caption.textContent.trim()) || document.title);
});

// Who signs out leaves nothing on the phone, but is asked before an answer that was not sent is lost.
const leave = document.querySelector('[data-leave]');
if (leave && window.indexedDB) {
  leave.addEventListener('submit', async (event) => {
    event.preventDefault();
    const left = await unsent().catch(() => 0); // a browser that keeps nothing has nothing to lose
    if (left && !window.confirm(leave.dataset.leave.replace('{n}', left))) return;
    await wipe().catch(() => null);
    leave.submit();
  });
}
