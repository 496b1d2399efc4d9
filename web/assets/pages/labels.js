// The label of a fault's place: `members[2].id_number` → the label of `members`, and which of them.
export function labelOf(labels, path) {
  const label = labels[path] || labels[path.split(/[.[]/)[0]];
  const which = /\[(\d+)\]/.exec(path);
  return label ? `${label}${which ? ` ${Number(which[1]) + 1}` : ''}：` : '';
}

// The labels of a form's components by key or path, those in groups too.
export function labelled(components, found) {
  for (const component of components) {
    if (component.key) found[component.key] = component.label;
    if (component.path && component.label) found[component.path] = component.label;
    if (component.components) labelled(component.components, found);
  }
  return found;
}
