// What the studio asks of the server. A refusal arrives as RFC 9457 and is thrown as an Error that keeps its findings.

export function connect({ xmlUrl, lintUrl, deployUrl, file, csrf }, words) {
  async function post(url, body) {
    const answer = await reach(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
      body: JSON.stringify(body)
    });
    return answer.json();
  }

  async function reach(url, options) {
    let answer;
    try {
      answer = await fetch(url, { credentials: 'same-origin', ...options });
    } catch {
      throw new Error(words.offline);
    }
    if (answer.ok) return answer;
    const body = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(body.detail || words.failed.replace('{status}', answer.status)),
      { findings: body.findings });
  }

  return {
    xml: async () => (await reach(xmlUrl)).text(),
    lint: (xml) => post(lintUrl, { file, xml }),
    deploy: (xml, note) => post(deployUrl, { file, xml, note })
  };
}
