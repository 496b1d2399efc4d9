// Talks to our own server in JSON; a refusal becomes an Error with the sentences that a person reads.

export class Refused extends Error {
  constructor(problem) {
    super(problem.detail || problem.title || '');
    this.errors = problem.errors || null;
    this.code = problem.code || '';
  }
}

export async function post(address, body) {
  const answer = await fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content,
    },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told);
  return told;
}

export function given(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
