// The label of a fault's place: `members[2].id_number` → the label of `members`, and which of them.
export function labelOf(labels, path) {
  const label = labels[path] || labels[path.split(/[.[]/)[0]];
  const which = /\[(\d+)\]/.exec(path);
  return label ? `${label}${which ? ` ${Number(which[1]) + 1}` : ''}：` : '';
}
