// Whether there is a signal, who is signed in, and what the server lists while there is one.
import { useEffect, useState } from 'preact/hooks';
import { Refused } from '../pages/server.js';
import { listed } from './reach.js';

/** {listing, signedOut, refusal, ready, ask}: `listing` is null without a signal; `ready`: the page opens without one. */
export function useSignal() {
  const [listing, setListing] = useState(null);
  const [refusal, setRefusal] = useState(null);
  const [ready, setReady] = useState(false);

  const ask = async () => {
    try {
      const found = await listed();
      setListing(found);
      setRefusal(null);
      return found;
    } catch (error) {
      setListing(null);
      setRefusal(error instanceof Refused ? error : null);
      return null;
    }
  };

  useEffect(() => {
    ask();
    window.addEventListener('online', ask);
    window.addEventListener('offline', () => setListing(null));
    if (navigator.serviceWorker) {
      navigator.serviceWorker.register('/field/worker.js', { scope: '/field/' }).catch(() => {}); // without a signal: the one of before
      navigator.serviceWorker.ready.then(() => setReady(true));
    }
  }, []);

  const signedOut = Boolean(refusal && refusal.code === 'not_signed_in');
  return { listing, signedOut, refusal: signedOut ? null : refusal, ready, ask };
}
