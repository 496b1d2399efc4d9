// What the check found: a list whose rows lead to the element, and marks on the elements of a diagram.

export class FindingsList {
  constructor(list, words, lead) {
    Object.assign(this, { list, words, lead });
  }

  show(findings, file) {
    const rows = findings.map((finding) => this.row(finding, finding.file !== file));
    if (!rows.length) rows.push(Object.assign(document.createElement('li'), { className: 'none', textContent: this.words.nothing }));
    this.list.replaceChildren(...rows);
  }

  row(finding, elsewhere) {
    const item = document.createElement('li');
    item.dataset.severity = finding.severity;
    const button = document.createElement('button');
    button.type = 'button';
    const kind = document.createElement('strong');
    kind.textContent = this.words[finding.severity];
    const place = document.createElement('span');
    const name = finding.element_name || finding.element_id || '';
    place.textContent = elsewhere || !name ? `${finding.file} ${name}` : name;
    const text = document.createElement('span');
    text.className = 'message';
    text.textContent = finding.message;
    button.append(kind, ' ', place, text);
    button.addEventListener('click', () => this.lead(finding));
    item.append(button);
    return item;
  }
}

/** Marks of findings on a diagram of bpmn-js or dmn-js. */
export class Marks {
  constructor(diagram) {
    this.diagram = diagram;
    this.marked = [];
  }

  show(findings) {
    this.clear();
    findings.forEach((finding) => this.mark(finding));
  }

  /** Brings the element into view and selects it, so that its properties stand open beside it. */
  lead({ element_id: id }) {
    const element = id && this.diagram.get('elementRegistry').get(id);
    if (!element) return;
    this.diagram.get('canvas').scrollToElement(element, 80);
    this.diagram.get('selection').select(element);
  }

  mark(finding) {
    const element = finding.element_id && this.diagram.get('elementRegistry').get(finding.element_id);
    if (!element || !element.parent) return; // the plane itself cannot carry a mark
    const sign = document.createElement('div');
    sign.className = `fault ${finding.severity}`;
    sign.textContent = '!';
    sign.title = finding.message;
    this.diagram.get('overlays').add(element, 'finding', { position: { top: -12, right: 12 }, html: sign });
    this.diagram.get('canvas').addMarker(element, 'faulty');
    this.marked.push(element);
  }

  clear() {
    this.diagram.get('overlays').remove({ type: 'finding' });
    for (const element of this.marked) {
      if (this.diagram.get('elementRegistry').get(element.id)) this.diagram.get('canvas').removeMarker(element, 'faulty');
    }
    this.marked = [];
  }
}
