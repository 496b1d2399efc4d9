// Filled-in tasks on their way to the server, one by one, each as its own page would hand it in: photographs, then the
// papers to be signed are shown, then the answer. What was handed in leaves the phone; what is refused stays, with the reason.
import { Refused } from '../pages/server.js';
import { complete, preview, take, upload } from './reach.js';

/** What the clerk can still do nothing about: the task is another's, or over. */
const OVER = ['task_done', 'task_gone', 'not_allowed', 'not_found', 'separated'];

/** Whether the task's answer is kept only to be read. */
export const isOver = (task) => Boolean(task.told && OVER.includes(task.told.code));

/** The files that an answer names. */
export function files(value) {
  if (Array.isArray(value)) return value.flatMap(files);
  if (value === null || typeof value !== 'object') return [];
  return typeof value.sha256 === 'string' ? [value] : Object.values(value).flatMap(files);
}

/** Sends the photographs and asks for the papers; `say(name, numbers)` tells how far it is. Returns {pages, shown, sent}. */
export async function prepare(bag, task, say) {
  const photos = files(task.answer).filter(({ sha256 }) => !task.uploaded.includes(sha256));
  for (const [n, photo] of photos.entries()) {
    say('photos', { n: n + 1, all: photos.length });
    const blob = await bag.photo(task, photo);
    if (blob) await upload(blob, photo.name);
    task.uploaded.push(photo.sha256);
    await bag.keep(task);
  }
  if (!task.signed) return { pages: [] };
  say('papers');
  const { pages, shown, next } = await preview(task);
  if (next) await bag.drop(task);
  return { pages, shown, sent: Boolean(next) };
}

/** Hands in the answer that was shown. */
export async function handIn(bag, task, shown) {
  await complete(task, shown);
  await bag.drop(task);
}

/** Keeps what the server said of this task. Returns false where the rest would fare no better: no signal, nobody signed in. */
export async function refused(bag, task, error) {
  if (!(error instanceof Refused) || !error.code || ['not_signed_in', 'page_expired', 'store_away', 'too_often'].includes(error.code)) return false;
  if (error.code === 'not_shown') return true; // the papers are shown anew
  task.told = { code: error.code, message: error.message };
  task.errors = error.errors || {};
  task.filled = isOver(task) || error.code === 'broken'; // a fault of the server is no reason to fill in anew
  if (error.code === 'invalid_answer') Object.assign(task, await take(task.key).catch(() => ({}))); // the form as it is asked now
  await bag.keep(task);
  return true;
}
