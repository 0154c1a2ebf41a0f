"""Commands on courses: check, format, proof, translations, schema, publish, recompile."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.catalogue.compiling.compilations import compile_course, translated_blocks
from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import belongs, read_folder
from app.catalogue.compiling.formats import canonical
from app.catalogue.compiling.shapes import SCHEMAS, schema_file
from app.catalogue.compiling.translations import HEAD, written
from app.catalogue.findings import check_coverage, check_folder
from app.catalogue.pedagogy.stances import table_of
from app.catalogue.proofs import written_proof
from app.catalogue.publications import publish_folder
from app.catalogue.publications import recompile as recompile_versions
from app.catalogue.registers import recommendation_keys
from app.catalogue.wordings import LANGUAGE
from app.foundation.database import open_engines
from app.foundation.errors import Refusal
from app.settings import Settings

COURSES = Path("courses")
_MEND_FIRST = "%(slug)s has faults, which capacita courses check %(slug)s lists. Mend them first."


@click.group()
def courses() -> None:
    """Check, format, translate and publish courses."""


@courses.command()
@click.argument("slugs", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=COURSES, show_default=True)
def check(slugs: tuple[str, ...], folder: Path) -> None:
    """Say every fault of the courses named, or of all, and exit with 1 if there is one.

    With all of them it also shows what answers each recommendation.
    """
    known = recommendations_in(folder)
    faulty, manuscripts = 0, []
    for course in course_folders(folder, slugs):
        faults, manuscript = check_folder(course, known)
        manuscripts.append(manuscript)
        for fault in faults:
            click.echo(fault.shown(f"{course}/"))
        grave = sum(fault.is_grave for fault in faults)
        faulty += bool(grave)
        click.echo(f"{course.name}: {_counted(grave, len(faults) - grave)}")
    if not slugs:
        faults, stances = check_coverage(folder, manuscripts)
        faulty += bool(faults)
        click.echo(f"\n{table_of(stances)}")
        for fault in faults:
            click.echo(fault.shown(f"{folder}/"))
    sys.exit(1 if faulty else 0)


@courses.command("format")
@click.argument("slugs", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=COURSES, show_default=True)
def format_courses(slugs: tuple[str, ...], folder: Path) -> None:
    """Write the courses named, or all, in their one canonical form.

    What does not belong in a course stays as it is; only `check` speaks of it.
    """
    for course in course_folders(folder, slugs):
        for path, content in read_folder(course, Faults()).files.items():
            formed = canonical(path, content) if belongs(path) else content
            if formed != content:
                (course / path).write_bytes(formed)
                click.echo(f"{course / path}: written")


@courses.command()
@click.argument("slug")
@click.argument("language")
@click.option("--folder", type=click.Path(path_type=Path), default=COURSES, show_default=True)
def translations(slug: str, language: str, folder: Path) -> None:
    """Write or renew a course's catalogue in a language; changed sentences come out as fuzzy."""
    if not re.fullmatch(LANGUAGE, language):
        raise click.ClickException(
            f"{language} is no language code. Write one such as fr or pt-BR."
        )
    course = course_folders(folder, (slug,))[0]
    source = read_folder(course, Faults())
    try:
        blocks = translated_blocks(source, recommendations_in(folder), language)
    except CourseFaulty as refusal:
        raise click.ClickException(_MEND_FIRST % {"slug": slug}) from refusal
    path = course / "translations" / f"{language}.po"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(written(language, blocks).encode())
    wanted = [each for block, each in blocks.items() if block != HEAD]
    done = sum(bool(each.text) and not each.is_fuzzy for each in wanted)
    fuzzy = sum(each.is_fuzzy for each in wanted)
    click.echo(f"{path}: {done} translated, {fuzzy} to look at, {len(wanted) - done - fuzzy} open")


@courses.command()
@click.argument("slug")
@click.option("--folder", type=click.Path(path_type=Path), default=COURSES, show_default=True)
def proof(slug: str, folder: Path) -> None:
    """Print a course for a second reader: its paragraphs by name, its questions without keys."""
    course = course_folders(folder, (slug,))[0]
    source = read_folder(course, Faults())
    try:
        compiled = compile_course(source, recommendations_in(folder))
    except CourseFaulty as refusal:
        raise click.ClickException(_MEND_FIRST % {"slug": slug}) from refusal
    click.echo(written_proof(compiled), nl=False)


@courses.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("docs/schema"), show_default=True
)
def schema(folder: Path) -> None:
    """Write the JSON Schemas by which editors complete and check the fields of course files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.json").write_bytes(schema_file(name).encode())
        click.echo(folder / f"{name}.json")


@courses.command()
@click.argument("slugs", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=None)
@click.pass_obj
def publish(settings: Settings, slugs: tuple[str, ...], folder: Path | None) -> None:
    """Publish the courses named, or all; the same source again makes no new version."""
    with writing(settings) as db:
        for each in publish_folder(db, folder or settings.courses, slugs):
            standing = "published" if each.is_new else "unchanged"
            click.echo(f"{each.slug}: version {each.number}, {standing}")


@courses.command()
@click.pass_obj
def recompile(settings: Settings) -> None:
    """Make the compiled form of all versions of an older compiler anew, from their source.

    A version that today's compiler refuses keeps its form and is named with its faults.
    """
    with writing(settings) as db:
        for each in recompile_versions(db):
            what = "kept as it was" if each.faults else "compiled anew"
            click.echo(f"{each.slug}: version {each.number}, {what}")
            for fault in each.faults:
                click.echo(f"  {fault.shown()}")


@contextmanager
def writing(settings: Settings) -> Iterator[Session]:
    """One transaction on the settings' database; faults and refusals end the command in words."""
    engines = open_engines(settings.database_url)
    try:
        with engines.writing() as db:
            yield db
    except CourseFaulty as refusal:
        raise click.ClickException("\n".join(fault.shown("") for fault in refusal.faults)) from None
    except Refusal as refusal:
        raise click.ClickException(_in_words(refusal)) from None
    finally:
        engines.close()


def course_folders(folder: Path, slugs: tuple[str, ...]) -> list[Path]:
    """The folders of the courses named, or of all courses in order of their names."""
    if slugs:
        missing = [slug for slug in slugs if not (folder / slug).is_dir()]
        if missing:
            raise click.ClickException(f"There is no folder {folder / missing[0]}.")
        return [folder / slug for slug in slugs]
    return sorted(path.parent for path in folder.glob("*/course.yaml"))


def recommendations_in(folder: Path) -> frozenset[str]:
    """The ids of the register of recommendations, which lies beside the courses."""
    try:
        return recommendation_keys(folder)
    except Refusal as refusal:
        raise click.ClickException(_in_words(refusal)) from None


def _in_words(refusal: Refusal) -> str:
    return f"{refusal.says % refusal.values} {refusal.mend % refusal.values}"


def _counted(faults: int, remarks: int) -> str:
    return f"{faults or 'no'} fault{'' if faults == 1 else 's'}, {remarks or 'no'} remark" + (
        "" if remarks == 1 else "s"
    )


if __name__ == "__main__":
    courses()
