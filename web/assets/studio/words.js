// The editors speak English; Chinese is laid over it where the reader reads Chinese.

/** A module that replaces an editor's `translate`, words in braces filled in afterwards. */
export function translation(language, catalogue) {
  const translate = (template, replacements = {}) => {
    const text = language.startsWith('zh') ? catalogue[template] || template : template;
    return text.replace(/{([^}]+)}/g, (whole, key) => key in replacements ? replacements[key] : whole);
  };
  return { translate: ['value', translate] };
}
