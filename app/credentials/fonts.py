"""Fonts: the letters a paper can be printed in, and the presses that set them."""

import atexit
import functools
import importlib.resources
import importlib.util
import json
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from app.foundation.errors import Refusal
from app.i18n.marking import N_

PACKAGES = (
    "fontpkg_amiri",
    "fontpkg_noto_sans",
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_serif",
)
HAN_PACKAGES = ("cvttf_NotoSansCJK_Regular", "cvttf_NotoSansCJK_Bold")
HAN_FILES = re.compile(r"NotoSansCJK(sc)?-(Regular|Bold|VF)(\.otf)?\.(ttc|otf)")
HAN_FAMILIES = tuple(f"Noto Sans CJK {region}" for region in ("SC", "TC", "HK", "JP", "KR"))
SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
SAMPLES = {
    "Latin": "AÉğŵ",
    "Cyrillic": "ЖѢїў",
    "Greek": "ΑΩάϋ",
    "Arabic": "شهادةپی",
    "Devanagari": "प्रमाणपत्र",
    "Chinese": "结业证书",
}
TEMPLATES = Path(__file__).parent / "typst"
REFUSED = re.compile(r'(?:the text|codepoint) `"((?:\\.|[^"\\])+)"`')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
SHOWN = 12  # characters named in a refusal


class GlyphsMissing(Refusal):
    """No font of this place has these characters, so nothing is printed in their stead."""

    says = N_("The certificate cannot show these characters: %(characters)s")
    mend = N_(
        "Write the name in other letters, or ask your administrator to install a font that "
        "has them."
    )

    def __init__(self, characters: Sequence[str]) -> None:
        more = " …" if len(characters) > SHOWN else ""
        super().__init__(characters=" ".join(characters[:SHOWN]) + more)
        self.characters = tuple(characters)


def missing_scripts(text: str) -> list[str]:
    """The characters of a text that no font here has, each once; empty when all can be printed."""
    try:
        CERTIFICATES.pdf("probe.typ", {"text": text})
    except GlyphsMissing as refusal:
        return sorted(refusal.characters, key=text.find)
    return []


def fonts_by_script() -> dict[str, bool]:
    """For each script the certificate knows, whether its letters can be printed here."""
    return {script: not missing_scripts(sample) for script, sample in SAMPLES.items()}


class Press:
    """A compiler for the templates of a folder, opened when something is first set in it.

    It refuses to be shared, so it sets one sheet at a time; each kind of paper has a press of its
    own, and never waits for another's. Formulae need the fonts that the compiler itself brings.
    """

    def __init__(
        self,
        templates: Path,
        *standards: str,
        with_formulae: bool = False,
        refusal: type[GlyphsMissing] = GlyphsMissing,
    ) -> None:
        self._templates, self._standards = templates, standards
        self._with_formulae, self._refusal = with_formulae, refusal
        self._one_at_a_time = threading.Lock()

    @property
    def han(self) -> str | None:
        """The family for Chinese, if there is one here."""
        return self._opened[1]

    def pdf(self, template: str, sheet: Mapping[str, object]) -> bytes:
        """The sheet as PDF of the press's standards; raises its refusal where glyphs are missing."""
        return self._set(template, sheet, format="pdf", pdf_standards=[*self._standards])

    def png(self, template: str, sheet: Mapping[str, object], ppi: int) -> bytes:
        """The sheet, of one page, as a picture of so many pixels an inch."""
        return self._set(template, sheet, format="png", ppi=ppi)

    def _set(self, template: str, sheet: Mapping[str, object], **form: Any) -> bytes:
        with self._one_at_a_time:
            compiler, han = self._opened
            try:
                made = compiler.compile(
                    input=self._templates / template,
                    sys_inputs={"sheet": json.dumps({**sheet, "han": han}, ensure_ascii=False)},
                    **form,
                )
            except typst.TypstError as error:
                if refused := refused_in(error.diagnostic):
                    raise self._refusal(refused) from error
                raise
        if isinstance(made, bytes):
            return made
        raise ValueError(f"{template} has more than one page")

    @functools.cached_property
    def _opened(self) -> tuple[typst.Compiler, str | None]:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=self._with_formulae,
            font_paths=[*map(_folder_of, PACKAGES), *_han_folders()],
        )
        families = set(fonts.families())
        han = next((family for family in HAN_FAMILIES if family in families), None)
        root = self._templates
        return typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True), han


# A certificate is kept for long, and is dated as its template says.
CERTIFICATES = Press(TEMPLATES, "a-2a", "ua-1")


def refused_in(diagnostic: str) -> list[str]:
    """What the press names as impossible to show, unescaped, in order, each once."""
    return list(
        dict.fromkeys(ESCAPED.sub(_unescaped, shown) for shown in REFUSED.findall(diagnostic))
    )


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2]


def _folder_of(package: str) -> Path:
    return Path(str(importlib.resources.files(package)))


def _han_folders() -> list[Path]:
    """Where the letters for Chinese are: the extra package, else fonts of the system, else none."""
    if installed := [package for package in HAN_PACKAGES if importlib.util.find_spec(package)]:
        return [_folder_of(package) for package in installed]
    files = tuple(system_han_files(SYSTEM_FOLDERS))
    return [alone(files)] if files else []


def system_han_files(folders: Iterable[str]) -> Iterator[Path]:
    """The files of Noto Sans CJK under some folders, by their published names."""
    for folder in folders:
        for file in sorted(Path(folder).expanduser().rglob("NotoSansCJK*")):
            if HAN_FILES.fullmatch(file.name):
                yield file


def alone(files: Iterable[Path]) -> Path:
    """A folder with these fonts only, until the process ends: their neighbours must not be seen."""
    folder = Path(tempfile.mkdtemp(prefix="capacita-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for number, file in enumerate(files):
        (folder / f"{number}{file.suffix}").symlink_to(file.resolve())
    return folder
