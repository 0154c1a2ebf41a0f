"""A printed PDF read back: its texts with their places, its QR code, its tags."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pikepdf

POINTS = 842, 595  # A4 landscape
Matrix = tuple[float, float, float, float, float, float]
UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass
class Piece:
    """A run of text as a reading system gets it, and where it stands, in points from bottom left."""

    text: str
    x: float
    y: float
    end: float


class Paper:
    """The one page of a certificate, read by the rules of ISO 32000, not by our own template."""

    def __init__(self, printed: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(printed))
        (page,) = self.pdf.pages
        self.pieces: list[Piece] = []
        self.qr: set[tuple[int, int]] = set()
        self.qr_left = 0.0
        fonts = page.Resources.Font.items()
        self._letters = {name: _letters(font) for name, font in fonts}
        self._widths = {name: _widths(font.DescendantFonts[0]) for name, font in fonts}
        self._matrix, self._text_matrix, self._kept = UPRIGHT, UPRIGHT, [UPRIGHT]
        self._font, self._size, self._start = "", 0.0, 0
        self._marks: list[tuple[str, str]] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            self._obey(str(operator), operands)

    def holds(self, text: str) -> bool:
        """Whether a text is there, however it is cut into lines and runs."""
        return _squeezed(text) in _squeezed("".join(piece.text for piece in self.pieces))

    def heights_of(self, word: str) -> list[float]:
        return [piece.y for piece in self.pieces if word in piece.text.split()]

    def collisions(self) -> list[tuple[str, str]]:
        """Texts on one baseline of which the left one runs into the right one."""
        lines = defaultdict(list)
        for piece in self.pieces:
            if piece.text.strip():
                lines[round(piece.y)].append(piece)
        return [
            (left.text, right.text)
            for line in lines.values()
            for left, right in pairwise(sorted(line, key=lambda piece: piece.x))
            if left.end > right.x + 0.5
        ]

    @property
    def words(self) -> set[str]:
        return {word for piece in self.pieces for word in piece.text.split()}

    @property
    def tags(self) -> list[pikepdf.Dictionary]:
        """Every element of the structure tree, in reading order."""
        return list(_under(self.pdf.Root.StructTreeRoot.K))

    def _obey(self, operator: str, operands: pikepdf.Array) -> None:
        match operator:
            case "q":
                self._kept.append(self._matrix)
            case "Q":
                self._matrix = self._kept.pop()
            case "cm":
                self._matrix = _times(_numbers(operands), self._matrix)
            case "Tf":
                self._font, self._size = str(operands[0]), float(operands[1])
            case "Tm":
                self._text_matrix = _numbers(operands)
            case "BDC" | "BMC":
                self._marks.append(_mark(operands))
            case "EMC":
                self._marks.pop()
            case "Tj" | "TJ":
                self._show(operands[0])
            case "m" | "l" if self._matrix[0] != 1:  # only the QR code has units of its own
                self._draw(operator, int(operands[0]), int(operands[1]))

    def _show(self, strings: pikepdf.Object) -> None:
        """Keep what the glyphs mean: ActualText before ToUnicode, reversed where said so."""
        parts = [strings] if isinstance(strings, pikepdf.String) else list(strings)
        codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
        pairs = [int.from_bytes(codes[place : place + 2]) for place in range(0, len(codes), 2)]
        glyphs = [self._letters[self._font][pair] for pair in pairs]
        if ("/ReversedChars", "") in self._marks:
            glyphs.reverse()
        meant = next((actual for _, actual in reversed(self._marks) if actual), "".join(glyphs))
        shifts = sum(float(part) for part in parts if not isinstance(part, pikepdf.String))
        widths = sum(self._widths[self._font][pair] for pair in pairs)
        *_, x, y = _times(self._text_matrix, self._matrix)
        self.pieces.append(Piece(meant, x, y, x + (widths - shifts) / 1000 * self._size))

    def _draw(self, operator: str, x: int, y: int) -> None:
        if operator == "m":
            self._start, self.qr_left = x, self._matrix[4]
        else:
            self.qr |= {(column, y) for column in range(self._start, x)}


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _numbers(operands: pikepdf.Array) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip


def _mark(operands: pikepdf.Array) -> tuple[str, str]:
    entries = operands[1] if len(operands) > 1 else {}
    return str(operands[0]), str(entries.get("/ActualText", "")) if len(entries) else ""


def _widths(font: pikepdf.Dictionary) -> dict[int, float]:
    """The advance of each glyph code, in thousandths of the size."""
    widths: defaultdict[int, float] = defaultdict(lambda: float(font.get("/DW", 1000)))
    entries = list(font.get("/W", []))
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, pikepdf.Array):
            widths.update((first + place, float(width)) for place, width in enumerate(second))
        else:
            widths.update(dict.fromkeys(range(first, int(second) + 1), float(entries.pop(0))))
    return widths


def _letters(font: pikepdf.Dictionary) -> dict[int, str]:
    """A font's ToUnicode map, from glyph code to text."""
    return dict(_mapped(font.ToUnicode.read_bytes().decode("latin-1")))


def _mapped(cmap: str) -> Iterator[tuple[int, str]]:
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            yield int(code, 16), bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(first, 16)
            for code in range(start, int(last, 16) + 1):
                yield code, chr(int(text, 16) + code - start)


def _under(kids: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    if isinstance(kids, pikepdf.Array):
        for kid in kids:
            yield from _under(kid)
    elif isinstance(kids, pikepdf.Dictionary) and "/S" in kids:
        yield kids
        yield from _under(kids.get("/K", pikepdf.Array()))
