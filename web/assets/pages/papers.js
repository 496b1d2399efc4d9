// The pages of a print as pictures, each with its number as its text.
export function pictures(pages, words) {
  return pages.map((source, n) => {
    const picture = document.createElement('img');
    picture.src = source;
    picture.alt = words.page.replace('{n}', n + 1);
    return picture;
  });
}
