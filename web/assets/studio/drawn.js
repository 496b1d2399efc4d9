// form-js's editor writes more than was changed: a row of its own for each component, its schema's version. Without them
// a difference tells what the administrator did.

/** The schema as the editor has it, less what it added by itself to the one that was opened. */
export function asDrawn(schema, opened) {
  const { exporter, ...kept } = schema;
  return { ...kept, schemaVersion: opened.schemaVersion ?? schema.schemaVersion, components: components(schema.components, known(opened.components ?? [])) };
}

function components(list, before) {
  const rows = list.map(({ layout }) => layout?.row);
  return list.map((component) => {
    const { layout, ...kept } = component;
    const alone = layout && !layout.columns && rows.filter((row) => row === layout.row).length === 1;
    if (layout && !alone) kept.layout = layout;
    if (kept.showOutline && !before.get(kept.id)?.showOutline) delete kept.showOutline;
    if (kept.components) kept.components = components(kept.components, before);
    return kept;
  });
}

function known(list) {
  return new Map(list.flatMap((component) => [[component.id, component], ...known(component.components ?? [])]));
}
