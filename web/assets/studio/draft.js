// A redraw that is not deployed yet survives a closed tab. It is kept in this browser only, for the version it began on.

const place = (file) => `fangfan.studio.${file}`;

export function keepDraft(file, version, xml) {
  localStorage.setItem(place(file), JSON.stringify({ version, xml }));
}

export function leftDraft(file, version) {
  const kept = JSON.parse(localStorage.getItem(place(file)) || 'null');
  return kept && kept.version === version ? kept.xml : null;
}

export function dropDraft(file) {
  localStorage.removeItem(place(file));
}
