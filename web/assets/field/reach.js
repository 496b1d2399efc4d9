// What the page asks of the server while there is a signal. Without one, fetch throws a TypeError.
import { Refused, post } from '../pages/server.js';

/** Who is signed in and the tasks that he may take along: {user, tasks}. Keeps the token for what is sent afterwards. */
export async function listed() {
  const answer = await fetch('/field/tasks', { credentials: 'same-origin', headers: { Accept: 'application/json', 'Content-Type': 'application/json' } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told);
  document.querySelector('meta[name=csrf-token]').content = told.csrf;
  return told;
}

export const take = (key) => post(`/field/tasks/${key}`, {});

/** The papers that this answer signs: {pages, shown}; {next} when this very answer was handed in before. */
export const preview = ({ key, answer, request }) => post(`/tasks/${key}/preview`, { answer, request });

export const complete = ({ key, answer, request }, shown) => post(`/tasks/${key}/complete`, { answer, request, shown, stays: true });

export async function upload(blob, name) {
  const body = new FormData();
  body.append('file', blob, name);
  const headers = { Accept: 'application/json', 'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content };
  const answer = await fetch('/documents', { method: 'POST', credentials: 'same-origin', headers, body });
  if (!answer.ok) throw new Refused(await answer.json().catch(() => ({})));
}
