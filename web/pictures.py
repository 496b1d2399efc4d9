"""A PDF as pictures of its pages: what is to be signed is shown so, since phones do not show a PDF inside a page."""

import base64
import io

import pypdfium2

DOTS_PER_INCH = 110
MOST_PAGES = 12


def pages(pdf: bytes) -> list[str]:
    """Each page as a `data:` URI of a PNG, the first `MOST_PAGES`."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_picture(document[number]) for number in range(min(len(document), MOST_PAGES))]
    finally:
        document.close()


def _picture(page: pypdfium2.PdfPage) -> str:
    image = page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("L")
    out = io.BytesIO()
    image.quantize(16).save(out, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
