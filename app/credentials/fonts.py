"""Fonts: the letters a certificate can be printed in, and the press that sets them."""

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
ONE_AT_A_TIME = threading.Lock()


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
        pressed("probe.typ", {"text": text})
    except GlyphsMissing as refusal:
        return sorted(refusal.characters, key=text.find)
    return []


def fonts_by_script() -> dict[str, bool]:
    """For each script the certificate knows, whether its letters can be printed here."""
    return {script: not missing_scripts(sample) for script, sample in SAMPLES.items()}


def pressed(template: str, sheet: Mapping[str, object]) -> bytes:
    """The sheet set in a template as PDF/A-2a and PDF/UA-1, dated as the template says.

    One press serves the process, one sheet at a time: the compiler refuses to be shared.
    """
    with ONE_AT_A_TIME:
        press, han = _press()
        try:
            made = press.compile(
                input=TEMPLATES / template,
                format="pdf",
                sys_inputs={"sheet": json.dumps({**sheet, "han": han}, ensure_ascii=False)},
                pdf_standards=["a-2a", "ua-1"],
            )
        except typst.TypstError as error:
            if refused := refused_in(error.diagnostic):
                raise GlyphsMissing(refused) from error
            raise
    assert isinstance(made, bytes)
    return made


def refused_in(diagnostic: str) -> list[str]:
    """What the press names as impossible to show, unescaped, in order, each once."""
    return list(
        dict.fromkeys(ESCAPED.sub(_unescaped, shown) for shown in REFUSED.findall(diagnostic))
    )


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2]


@functools.cache
def _press() -> tuple[typst.Compiler, str | None]:
    """The press of certificates."""
    return press_in(TEMPLATES)


def press_in(templates: Path, *, with_formulae: bool = False) -> tuple[typst.Compiler, str | None]:
    """A compiler with the fonts it may use, and the family for Chinese if there is one.

    Formulae need the fonts that the compiler itself brings; certificates have none.
    """
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=with_formulae,
        font_paths=[*map(_folder_of, PACKAGES), *_han_folders()],
    )
    families = set(fonts.families())
    han = next((family for family in HAN_FAMILIES if family in families), None)
    return typst.Compiler(root=templates, font_paths=fonts, ignore_system_fonts=True), han


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
