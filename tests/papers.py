"""Reads a print back from its bytes: what its characters look like, where signatures, words and ruled cells are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

Ink = bytes  # a grey a pixel
SCALE, SIDE = 6, 32  # pixels a point; pixels of a character's picture
RULE = 3.0  # points: thicker is no line of a table


@dataclass(frozen=True)
class Box:
    """A rectangle on a page in points, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, other: "Box", slack: float = 1.0) -> bool:
        """Whether the other one lies inside."""
        return (
            self.left - slack <= other.left
            and self.bottom - slack <= other.bottom
            and other.right <= self.right + slack
            and other.top <= self.top + slack
        )

    def meets(self, other: "Box") -> bool:
        """Whether both share some place."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


def text(pdf: bytes) -> str:
    """What is written, page after page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


class Sheet:
    """One page of a print."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.page, self.words = page, page.get_textpage()
        paths = [o for o in page.get_objects(max_depth=4) if o.type == pdfium.FPDF_PAGEOBJ_PATH]
        self.signatures = [Box(*o.get_bounds()) for o in paths if _is_curved(o)]
        """Only what a hand drew is curved on our sheets."""
        lines = [Box(*o.get_bounds()) for o in paths if not _is_curved(o)]
        self.level = [b for b in lines if b.top - b.bottom <= RULE < b.right - b.left]
        self.upright = [b for b in lines if b.right - b.left <= RULE < b.top - b.bottom]

    def places(self, word: str) -> list[Box]:
        """Where a word stands."""
        written, found, at = self.words.get_text_range(), [], -1
        while (at := written.find(word, at + 1)) >= 0:
            marks = [Box(*self.words.get_charbox(n, loose=True)) for n in range(at, at + len(word))]
            found.append(
                Box(
                    min(m.left for m in marks),
                    min(m.bottom for m in marks),
                    max(m.right for m in marks),
                    max(m.top for m in marks),
                )
            )
        return found

    def cell(self, box: Box) -> Box:
        """The ruled cell around the middle of a box."""
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        beside = [b for b in self.upright if b.bottom <= y <= b.top]
        over = [b for b in self.level if b.left <= x <= b.right]
        return Box(
            max(b.left for b in beside if b.left < x),
            max(b.bottom for b in over if b.bottom < y),
            min(b.right for b in beside if b.right > x),
            min(b.top for b in over if b.top > y),
        )

    def ink(self, box: Box) -> Ink:
        """What a box looks like: its greys in a small square."""
        left, bottom, right, top = box.left * SCALE, box.bottom * SCALE, box.right * SCALE, box.top * SCALE
        cut = (round(left), round(self.drawn.height - top), round(right), round(self.drawn.height - bottom))
        return self.drawn.crop(cut).resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()

    @cached_property
    def drawn(self) -> Image.Image:
        """The page in pixels."""
        picture: Image.Image = self.page.render(scale=SCALE, grayscale=True).to_pil()
        return picture

    def characters(self) -> dict[str, Ink]:
        """What each character on the page looks like, where it stands first."""
        written = self.words.get_text_range()
        first = {
            character: at for at, character in reversed([*enumerate(written)]) if not character.isspace()
        }
        return {
            character: self.ink(Box(*self.words.get_charbox(at, loose=True)))
            for character, at in first.items()
        }


def sheets(pdf: bytes) -> Iterator[Sheet]:
    """The pages of a print."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            yield Sheet(page)


def characters(pdf: bytes) -> dict[str, Ink]:
    """What each character of a print looks like in pixels, whatever the text behind it says."""
    found: dict[str, Ink] = {}
    for sheet in sheets(pdf):
        found = {**sheet.characters(), **found}
    return found


def unlike(one: Ink, other: Ink) -> float:
    """How much two pictures differ: 0 the same, 255 black against white."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _is_curved(path: pypdfium2.PdfObject) -> bool:
    count = pdfium.FPDFPath_CountSegments(path)
    kinds = {pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(path, n)) for n in range(count)}
    return pdfium.FPDF_SEGMENT_BEZIERTO in kinds
