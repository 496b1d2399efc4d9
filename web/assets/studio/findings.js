// What the server's check found: a list whose rows lead to the element, and a mark on each faulty element.

export class Findings {
  constructor(list, modeler, words) {
    this.list = list;
    this.modeler = modeler;
    this.words = words;
    this.marked = [];
  }

  /** Shows the findings and returns how many of them keep the drawing from being deployed. */
  show(findings) {
    this.unmark();
    this.list.replaceChildren(...findings.map((finding) => this.row(finding)));
    findings.forEach((finding) => this.mark(finding));
    return findings.filter((finding) => finding.severity === 'error').length;
  }

  row(finding) {
    const item = document.createElement('li');
    item.dataset.severity = finding.severity;
    const button = document.createElement('button');
    button.type = 'button';
    const kind = document.createElement('strong');
    kind.textContent = this.words[finding.severity];
    const place = document.createElement('span');
    place.textContent = finding.element_name || finding.element_id || finding.file;
    const text = document.createElement('span');
    text.className = 'message';
    text.textContent = finding.message;
    button.append(kind, ' ', place, text);
    button.addEventListener('click', () => this.lead(finding));
    item.append(button);
    return item;
  }

  element(finding) {
    return finding.element_id && this.modeler.get('elementRegistry').get(finding.element_id);
  }

  /** Brings the element into view and selects it, so that its properties stand open beside it. */
  lead(finding) {
    const element = this.element(finding);
    if (!element) return;
    this.modeler.get('canvas').scrollToElement(element, 80);
    this.modeler.get('selection').select(element);
  }

  mark(finding) {
    const element = this.element(finding);
    if (!element || !element.parent) return; // the plane itself cannot carry a mark
    const sign = document.createElement('div');
    sign.className = `fault ${finding.severity}`;
    sign.textContent = '!';
    sign.title = finding.message;
    this.modeler.get('overlays').add(element, 'finding', { position: { top: -12, right: 12 }, html: sign });
    this.modeler.get('canvas').addMarker(element, 'faulty');
    this.marked.push(element);
  }

  unmark() {
    this.modeler.get('overlays').remove({ type: 'finding' });
    for (const element of this.marked) {
      if (this.modeler.get('elementRegistry').get(element.id)) this.modeler.get('canvas').removeMarker(element, 'faulty');
    }
    this.marked = [];
  }
}
