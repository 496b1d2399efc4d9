// A background job's progress renews itself; without this script the page is reloaded by hand.
const EVERY = 1500;

function follow(part) {
  if (!part.hasAttribute('data-going')) return;
  setTimeout(async () => {
    try {
      const answer = await fetch(part.dataset.job, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
      if (!answer.ok) throw new Error(answer.statusText);
      renew(part, new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-job]'));
    } catch {
      follow(part); // the connection may come back
    }
  }, EVERY);
}

// What did not change stays, so that focus stays where it is and a reader is told only what is new.
function renew(part, fresh) {
  part.toggleAttribute('data-going', fresh.hasAttribute('data-going'));
  if (buttons(part) === buttons(fresh)) {
    const [status, told] = [part, fresh].map((each) => each.querySelector('[role=status]'));
    if (status.innerHTML !== told.innerHTML) status.innerHTML = told.innerHTML;
    const bar = part.querySelector('progress');
    if (bar) bar.replaceWith(fresh.querySelector('progress'));
  } else {
    const active = document.activeElement.textContent;
    part.replaceChildren(...fresh.childNodes);
    const again = [...part.querySelectorAll('button, a')].find((each) => each.textContent === active);
    if (again) again.focus();
  }
  follow(part);
}

const buttons = (part) => [...part.querySelectorAll('button, a')].map((each) => each.textContent).join();

document.querySelectorAll('[data-job]').forEach(follow);
