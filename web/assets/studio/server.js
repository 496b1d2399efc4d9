// What the studio asks of the server. A refusal arrives as RFC 9457 and is thrown as an Error that keeps what it tells.

export function connect({ contentUrl, checksUrl, previewUrl, settingsUrl }, words) {
  async function reach(url, options = {}) {
    let answer;
    try {
      answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' }, ...options });
    } catch {
      throw Object.assign(new Error(words.offline), { offline: true });
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(told.detail || words.failed.replace('{status}', answer.status)), { told });
  }

  async function post(url, body) {
    const headers = {
      'Content-Type': 'application/json', Accept: 'application/json',
      'X-CSRFToken': document.querySelector('meta[name=csrf-token]').content
    };
    return (await reach(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  }

  return {
    open: async () => {
      const answer = await reach(contentUrl);
      return { content: await answer.text(), revision: Number(answer.headers.get('Revision')) };
    },
    save: (content, revision) => post(contentUrl, { content, revision }),
    check: async () => (await reach(checksUrl)).json(),
    preview: (content, sheet) => post(previewUrl, sheet ? { content, sheet } : { content }),
    settings: (content) => post(settingsUrl, { content })
  };
}
