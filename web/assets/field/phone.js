// What this phone carries: locked or open, its tasks, and what is taken along or thrown away.
import { useEffect, useState } from 'preact/hooks';
import { Refused } from '../pages/server.js';
import { carried, make, open } from './bag.js';
import { take } from './reach.js';
import { unsent, wipe } from './shelf.js';

/** `lock`: undefined until it was looked at, null where nothing is carried; `bag`: open, or null. */
export function usePhone() {
  const [lock, setLock] = useState(undefined);
  const [bag, setBag] = useState(null);
  const [tasks, setTasks] = useState([]);

  const look = async () => setLock(await carried());
  const refresh = async (opened) => {
    const found = await opened.tasks();
    setTasks(found);
    return found;
  };
  const unlocked = async (opened) => {
    setBag(opened);
    await refresh(opened);
    await look();
    return opened;
  };

  useEffect(() => {
    // Two windows would each keep their own answer: the second waits until the first is closed.
    if (navigator.locks) navigator.locks.request('fangfan-field', async () => { await look(); await new Promise(() => {}); });
    else look();
  }, []);

  return {
    lock,
    bag,
    tasks,
    refresh: () => refresh(bag),
    begin: async (pin, user) => unlocked(await make(pin, user)),
    /** Opens the bag; null for a wrong PIN, after the last of which `lock` is null. */
    async enter(pin) {
      const opened = await open(pin);
      if (opened) return unlocked(opened);
      await look();
      return null;
    },
    /** Takes tasks along one by one; {key: why not} of those that stay behind. */
    async takeAlong(opened, keys, tell) {
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      const left = {};
      for (const [n, key] of keys.entries()) {
        tell(n + 1);
        try {
          const request = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
          await opened.keep({ ...(await take(key)), taken: Date.now(), request, uploaded: [] });
        } catch (error) {
          left[key] = error instanceof Refused ? error.message : '';
        }
      }
      await refresh(opened);
      return left;
    },
    unsent,
    async throwAway() {
      if (bag) bag.close();
      await wipe();
      setBag(null);
      setTasks([]);
      setLock(null);
    },
  };
}
