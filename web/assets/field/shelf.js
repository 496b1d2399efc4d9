// The phone's own store (IndexedDB): the lock, tasks and photographs. Its rows are sealed before they come here; in plain
// are only keys, tries, days and whether an answer has been begun.
const NAME = 'fangfan-field';

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The store, made when it is not there. */
export async function openShelf() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('lock');
    request.result.createObjectStore('tasks', { keyPath: 'key' });
    request.result.createObjectStore('photos', { keyPath: 'id' }).createIndex('task', 'task');
  };
  const database = await settled(request);
  database.onversionchange = () => database.close(); // another window wipes
  const store = (name, mode) => database.transaction(name, mode, { durability: 'strict' }).objectStore(name);
  return {
    lock: () => settled(store('lock', 'readonly').get('lock')),
    setLock: (lock) => settled(store('lock', 'readwrite').put(lock, 'lock')),
    tasks: () => settled(store('tasks', 'readonly').getAll()),
    putTask: (row) => settled(store('tasks', 'readwrite').put(row)),
    photo: (id) => settled(store('photos', 'readonly').get(id)),
    putPhoto: (row) => settled(store('photos', 'readwrite').put(row)),
    /** A task with its photographs, at once. */
    async drop(key) {
      const change = database.transaction(['tasks', 'photos'], 'readwrite');
      const done = new Promise((resolve, reject) => { change.oncomplete = resolve; change.onabort = () => reject(change.error); });
      change.objectStore('tasks').delete(key);
      const photos = change.objectStore('photos');
      for (const id of await settled(photos.index('task').getAllKeys(key))) photos.delete(id);
      await done;
    },
    close: () => database.close(),
  };
}

/** How many answers wait to be sent. */
export async function unsent() {
  const shelf = await openShelf();
  const rows = await shelf.tasks();
  shelf.close();
  return rows.filter((row) => row.begun).length;
}

/** Nothing of it stays. */
export const wipe = () => settled(indexedDB.deleteDatabase(NAME));
