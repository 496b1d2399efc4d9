// What was taken along, opened by a PIN: tasks with what is known, answers and photographs.
import { digest, keyOf, salt, seal, sealJson, unseal, unsealJson } from './seal.js';
import { openShelf, wipe } from './shelf.js';

const TRIES = 5;
const DAY = 24 * 3600 * 1000;
const LARGEST = 10 * 1024 * 1024; // as engine/documents.py
const KINDS = [['image/jpeg', [0xff, 0xd8, 0xff]], ['image/png', [0x89, 0x50, 0x4e, 0x47]], ['application/pdf', [0x25, 0x50, 0x44, 0x46]]];

/** Whether something was taken along on this phone: {tries left, whose}, or null. What has run out of days is thrown away first. */
export async function carried() {
  const shelf = await openShelf();
  const now = Date.now();
  for (const row of await shelf.tasks()) if (now > row.until) await shelf.drop(row.key);
  const lock = await shelf.lock();
  shelf.close();
  return lock ? { left: lock.left, user: lock.user } : null;
}

/** A new bag with this PIN for this person (the key of his account). */
export async function make(pin, user) {
  const shelf = await openShelf();
  const lock = { salt: salt(), left: TRIES, user };
  const key = await keyOf(pin, lock.salt);
  lock.proof = await sealJson(key, 'lock', user);
  await shelf.setLock(lock);
  return bag(shelf, key, user);
}

/** Opens the bag; null for a wrong PIN. After the last try nothing is left on the phone. */
export async function open(pin) {
  const shelf = await openShelf();
  const lock = await shelf.lock();
  await shelf.setLock({ ...lock, left: lock.left - 1 }); // counted before it is tried: closing the page gives no try back
  const key = await keyOf(pin, lock.salt);
  const opens = await unsealJson(key, 'lock', lock.proof).then(() => true, () => false);
  if (opens) {
    await shelf.setLock({ ...lock, left: TRIES });
    return bag(shelf, key, lock.user);
  }
  shelf.close();
  if (lock.left <= 1) await wipe();
  return null;
}

/** Whether a PIN is worth the name: six characters, four of them different, no run. */
export function isPin(pin) {
  const run = '01234567890123456789' + '98765432109876543210';
  return pin.length >= 6 && new Set(pin).size >= 4 && !run.includes(pin);
}

function bag(shelf, key, user) {
  return {
    user,
    /** All that was taken along, those due first. */
    async tasks() {
      const found = await Promise.all((await shelf.tasks()).map((row) => unsealJson(key, row.key, row)));
      return found.sort((a, b) => (a.due || '9').localeCompare(b.due || '9'));
    },
    /** Keeps a task as it is now. An answer that was begun is kept twice as long: it is to be sent, not lost. */
    async keep(task) {
      const begun = Boolean(task.answer);
      const until = task.taken + task.days * DAY * (begun ? 2 : 1);
      await shelf.putTask({ key: task.key, begun, until, ...(await sealJson(key, task.key, task)) });
    },
    drop: (task) => shelf.drop(task.key),
    /** Keeps a photograph; what the form's answer holds of it, as the server will tell it. Throws the reason's name. */
    async addPhoto(task, file) {
      const bytes = await file.arrayBuffer();
      const start = new Uint8Array(bytes.slice(0, 4));
      const kind = KINDS.find(([, magic]) => magic.every((byte, n) => start[n] === byte));
      if (!kind) throw new Error('badFile');
      if (bytes.byteLength > LARGEST) throw new Error('largeFile');
      const sha256 = await digest(bytes);
      const id = `${task.key}/${sha256}`;
      await shelf.putPhoto({ id, task: task.key, ...(await seal(key, id, bytes)) });
      return { sha256, name: file.name, media_type: kind[0], size: bytes.byteLength };
    },
    /** A photograph of a task, or null where the phone has none of that name. */
    async photo(task, { sha256, media_type: type }) {
      const id = `${task.key}/${sha256}`;
      const row = await shelf.photo(id);
      return row ? new Blob([await unseal(key, id, row)], { type }) : null;
    },
    close: () => shelf.close(),
  };
}
