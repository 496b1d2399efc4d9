// form-js's editor has no translations of its own: what it says is put into Chinese where it appears on the page.

const SPOKEN = ['title', 'placeholder', 'aria-label'];

/** Watches a part of the page and replaces every text that the catalogue knows. */
export function speakChinese(root, catalogue) {
  const speak = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const told = catalogue[node.data.trim()];
      if (told) node.data = told;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of SPOKEN) {
      const told = catalogue[node.getAttribute(name)?.trim()];
      if (told) node.setAttribute(name, told);
    }
    if (!node.matches('input, textarea, [contenteditable=true]')) node.childNodes.forEach(speak);
  };
  new MutationObserver((changes) => changes.forEach(({ type, target, addedNodes }) => {
    if (type === 'childList') addedNodes.forEach(speak);
    else speak(target);
  })).observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: SPOKEN });
  speak(root);
}
