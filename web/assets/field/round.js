// One round of sending: what is filled in is prepared, the papers are shown, and after a look at them handed in.
import { useState } from 'preact/hooks';
import { Refused } from '../pages/server.js';
import { handIn, prepare, refused } from './sending.js';
import { numbered } from './words.js';

/** {papers, progress, send, confirm, forget}; `tell` says a sentence, `words` are the page's. */
export function useRound({ phone, signal, words, tell }) {
  const [papers, setPapers] = useState([]); // [{task, pages, shown}] to be confirmed
  const [progress, setProgress] = useState({}); // of each task, in words
  const say = (key, text) => setProgress((before) => ({ ...before, [key]: text }));
  const sentence = (error) => (error instanceof Refused ? error.message : words.offline);
  const summed = async (sent) => {
    const left = (await phone.refresh()).filter((task) => task.filled || task.told).length;
    tell(numbered(words.sent, { n: sent, left }));
  };

  return {
    papers,
    progress,
    forget: () => setPapers([]),
    /** Whether papers are there to be looked at. */
    async send(tasks) {
      setPapers([]);
      tell(words.sending);
      const listing = await signal.ask();
      if (!listing) return tell(words.offline);
      if (listing.user !== phone.bag.user) return tell(words.otherUser);
      const shown = [];
      let sent = 0;
      for (const task of tasks) {
        try {
          const made = await prepare(phone.bag, task, (name, numbers) => say(task.key, numbered(words[name], numbers || {})));
          if (made.sent) sent += 1;
          else shown.push({ task, ...made });
        } catch (error) {
          if (!await refused(phone.bag, task, error)) { await phone.refresh(); return tell(sentence(error)); }
        } finally {
          say(task.key, '');
        }
      }
      setPapers(shown);
      if (!shown.length) return summed(sent);
      await phone.refresh();
      tell(numbered(words.shown, { n: shown.length }));
      return true;
    },
    async confirm() {
      let sent = 0;
      for (const [n, { task, shown }] of papers.entries()) {
        tell(numbered(words.handingIn, { n: n + 1, all: papers.length }));
        try {
          await handIn(phone.bag, task, shown);
          sent += 1;
        } catch (error) {
          if (await refused(phone.bag, task, error)) continue;
          setPapers(papers.slice(n)); // the line broke: these are handed in again, with one effect
          await phone.refresh();
          return tell(sentence(error));
        }
      }
      setPapers([]);
      await signal.ask();
      return summed(sent);
    },
  };
}
