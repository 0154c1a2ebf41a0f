"""Item texts: what readers see of an item, rendered in one language piece by piece."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.catalogue.compiling.documents import Document, Step
from app.catalogue.compiling.lines import LineWriter, Where
from app.catalogue.compiling.readings import Reading
from app.catalogue.compiling.sanitisers import sanitised
from app.catalogue.item_types import Answers, Item, Wording, Words

Rendered = Callable[[str, Where], str]


class ItemWriter:
    """Writes the pieces of items as safe inline HTML, in one language."""

    def __init__(self, reading: Reading, lines: LineWriter) -> None:
        self.reading, self.lines = reading, lines

    def parts(self, item: Item, document: Document, *steps: Step) -> dict[str, Any]:
        """The item's wording with every piece rendered; `lead` is what stands before the question.

        `stem` is the last paragraph of the question, so that it fits into a legend.
        """
        owner = f"item/{item.key}"
        wording = item.wording()
        *lead, stem = str(wording.pop("stem")).split("\n")
        where = Where(document.path, document.line(*steps, "stem"))
        rendered = {
            "lead": "".join(f"<p>{self._piece(owner, part, where)}</p>" for part in lead),
            "stem": self._piece(owner, stem, where),
        }
        for name, piece in wording.items():
            rendered[name] = self._rendered(owner, piece, document, (*steps, name))
        return rendered

    def _rendered(
        self, owner: str, piece: Wording, document: Document, steps: tuple[Step, ...]
    ) -> Any:
        if isinstance(piece, Words):
            return self._piece(owner, piece, Where(document.path, document.line(*steps)))
        if isinstance(piece, Answers):
            return self.reading.says(owner, piece).text
        if isinstance(piece, Mapping):
            return {
                name: self._rendered(owner, each, document, (*steps, name))
                for name, each in piece.items()
            }
        if isinstance(piece, Sequence) and not isinstance(piece, str):
            return [
                self._rendered(owner, each, document, (*steps, number))
                for number, each in enumerate(piece)
            ]
        return piece

    def _piece(self, owner: str, text: str, where: Where) -> str:
        said = self.reading.says(owner, text)
        html = self.lines.html(said, where)
        return sanitised(f"<span{said.marks}>{html}</span>" if said.marks else html)
