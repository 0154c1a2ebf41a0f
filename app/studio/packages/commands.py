"""Commands on packages: a course goes out in a form to take along, and comes in from files."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.faults import CourseFaulty, Fault, Faults
from app.catalogue.compiling.folders import read_folder
from app.catalogue.registers import recommendation_keys
from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.settings import Settings
from app.studio.packages.archives import packed
from app.studio.packages.arrivals import Arrival, looked_at, put_down
from app.studio.packages.books import Imprint
from app.studio.packages.bundles import BUNDLES, Kind, made
from app.studio.packages.intakes import intake_of

COURSES = Path("courses")
FOLDER = click.Path(path_type=Path, file_okay=False)
KINDS = [*get_args(Kind)]


@click.command("export")
@click.argument("slug")
@click.option("--as", "kind", type=click.Choice(KINDS), default="zip", show_default=True)
@click.option("--language", default="", help="The course's own unless it is named.")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--folder", type=FOLDER, default=COURSES, show_default=True)
@click.pass_obj
def export_course(
    settings: Settings | None,
    slug: str,
    kind: Kind,
    language: str,
    target: Path | None,
    folder: Path,
) -> None:
    """Write a course as one file: its whole source, an e-book, an offline site or a handbook."""
    course = folder / slug
    if not course.is_dir():
        raise click.ClickException(f"There is no folder {course}.")
    source = read_folder(course, Faults())
    try:
        compiled = compile_course(
            source, recommendation_keys(folder), lambda code: translations_for(code).gettext
        )
        language = language or compiled.source_language
        if language not in compiled.facts["languages"]:
            spoken = ", ".join(compiled.facts["languages"])
            raise click.ClickException(f"{slug} does not speak {language}. It speaks {spoken}.")
        home = settings.public_url if settings else Settings().public_url
        imprint = Imprint(1, datetime.now(UTC).date(), (), f"{home}/{language}/courses/{slug}")
        is_whole = kind == "zip"
        content = (
            packed(source.files, slug) if is_whole else made(kind, compiled, language, imprint)
        )
    except CourseFaulty as refusal:
        said = f"{slug} has faults, which capacita courses check {slug} lists. Mend them first."
        raise click.ClickException(said) from refusal
    except Refusal as refusal:
        raise click.ClickException(in_words(refusal)) from refusal
    ending = "zip" if is_whole else BUNDLES[kind].ending
    target = target or Path(f"{slug}.zip" if is_whole else f"{slug}-{language}.{ending}")
    target.write_bytes(content)
    click.echo(f"{target}: {len(content) // 1000} KB")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Only say what is found; write nothing.")
@click.option("--slug", default="", help="The course's key; else the file's name gives it.")
@click.option("--language", default="en", show_default=True, help="That of a document.")
@click.option("--folder", type=FOLDER, default=COURSES, show_default=True)
def import_course(file: Path, check: bool, slug: str, language: str, folder: Path) -> None:  # noqa: FBT001 - click's own call
    """Bring a course in: a zip of the folder format, or Markdown or a .docx as a first draft.

    A course in the folder format comes in whole and without faults, or not at all. A document
    becomes a folder, with findings for what only a person can say.
    """
    try:
        intake = intake_of(file, slug, language)
        arrival = looked_at(intake.source, recommendation_keys(folder))
        _say(intake.source.slug, [*intake.findings, *arrival.findings])
        if check:
            sys.exit(0 if arrival.is_good else 1)
        if not intake.is_draft and not arrival.is_good:
            raise click.ClickException("Nothing was written. Mend the faults and try again.")
        click.echo(f"{put_down(intake.source, folder)}: written, {_standing(arrival)}")
    except CourseFaulty as refusal:
        said = "\n".join(fault.shown() for fault in refusal.faults)
        raise click.ClickException(f"Nothing was written.\n{said}") from refusal
    except Refusal as refusal:
        raise click.ClickException(in_words(refusal)) from refusal


def _say(slug: str, findings: list[Fault]) -> None:
    for fault in sorted(findings):
        click.echo(fault.shown(f"{slug}/"))


def _standing(arrival: Arrival) -> str:
    grave = sum(fault.is_grave for fault in arrival.findings)
    return f"{grave or 'no'} fault{'' if grave == 1 else 's'} to mend before it can be published"


def in_words(refusal: Refusal) -> str:
    return f"{refusal.says % refusal.values} {refusal.mend % refusal.values}"
