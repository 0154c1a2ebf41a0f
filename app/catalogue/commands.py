"""Commands on courses: check, format, translations, schema."""

import sys
from pathlib import Path

import click
from ruamel.yaml import YAML

from app.catalogue.compiling.compilations import check_course
from app.catalogue.compiling.faults import Fault, Faults
from app.catalogue.compiling.folders import read_folder

COURSES = Path("courses")


@click.group()
def courses() -> None:
    """Check, format, translate and publish courses."""


@courses.command()
@click.argument("slugs", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=COURSES, show_default=True)
def check(slugs: tuple[str, ...], folder: Path) -> None:
    """Say every fault of the courses named, or of all, and exit with 1 if there is one."""
    known = recommendations_in(folder)
    faulty = 0
    for course in course_folders(folder, slugs):
        faults = checked_folder(course, known)
        for fault in faults:
            click.echo(fault.shown(f"{course}/"))
        grave = sum(fault.is_grave for fault in faults)
        faulty += bool(grave)
        click.echo(f"{course.name}: {_counted(grave, len(faults) - grave)}")
    sys.exit(1 if faulty else 0)


def checked_folder(course: Path, recommendations: frozenset[str]) -> tuple[Fault, ...]:
    """Every fault of the course in the folder, those of its files on disk included."""
    faults = Faults()
    source = read_folder(course, faults)
    return tuple(sorted({*faults.in_order(), *check_course(source, recommendations)}))


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
    register = folder / "recommendations" / "recommendations.yaml"
    if not register.is_file():
        raise click.ClickException(f"There is no register {register}.")
    read = YAML(typ="safe", pure=True).load(register.read_text(encoding="utf-8"))
    return frozenset(str(each["id"]) for each in read["recommendations"])


def _counted(faults: int, remarks: int) -> str:
    return f"{faults or 'no'} fault{'' if faults == 1 else 's'}, {remarks or 'no'} remark" + (
        "" if remarks == 1 else "s"
    )


if __name__ == "__main__":
    courses()
