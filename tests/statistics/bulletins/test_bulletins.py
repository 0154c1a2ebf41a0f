"""Bulletins: frozen, protected whoever asks, signed once, and verified by anybody."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from app.activity.events import Event
from app.doctor import faults
from app.settings import ROOT
from app.statistics.bulletins.bulletins import (
    drop,
    latest_of,
    prepare,
    release,
    revise,
    withdraw,
)
from app.statistics.bulletins.contents import Figure
from app.statistics.bulletins.keys import KeyAbsent, keys_known, renew_key
from app.statistics.bulletins.parcels import files_of
from app.statistics.bulletins.pictures import pictures_of
from app.statistics.bulletins.refusals import (
    BulletinUnknown,
    FilesWithdrawn,
    NameTaken,
    NotPrepared,
    NotReleased,
    RevisionWaits,
)
from app.statistics.bulletins.shelves import (
    bulletin_in,
    file_at,
    files_in,
    key_of,
    released,
    released_bulletin,
)
from app.statistics.bulletins.snapshots import snapshot
from app.statistics.facts import Fact
from app.statistics.protecting.guards import NotWholeMonths, TooNarrow
from app.statistics.scopes import COUNTS, scope_of
from tests.statistics.bulletins.conftest import EVERYBODY, wish

SCRIPT = ROOT / "static" / "open-data" / "verify.py"


def verified(archive: bytes, key: str, tmp_path) -> subprocess.CompletedProcess[str]:
    """What the public script says of an archive, run as a stranger runs it."""
    place = tmp_path / "bulletin.zip"
    place.write_bytes(archive)
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(place), key],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def figures_of(content) -> list[Figure]:
    return [figure for table in content.tables for row in table.rows for figure in row.figures]


def test_a_snapshot_is_protected_also_for_who_sees_exactly(frozen):
    shown = [figure for figure in figures_of(frozen) if figure is not None]
    assert shown
    assert min(shown) >= frozen.threshold
    assert None in figures_of(frozen)
    by = {table.key: table for table in frozen.tables}
    assert {row.codes[0] for row in by["unit"].rows} == {"_SELF", "institute"}
    assert {row.codes[0] for row in by["gender"].rows} == {"woman", "man", "_U"}
    assert frozen.titles["fr"] != frozen.titles["en"]
    assert frozen.titles["en"].startswith("Learning: ")


def test_a_snapshot_by_outcome_names_each_by_its_course_and_draws_no_round_twice(db, counted):
    asked = wish(
        measures=("enrolled", "gain"), tables=(("outcome",), ("course", "outcome"), ("course",))
    )
    content = snapshot(db, EVERYBODY, asked)
    codes = {each.code: each.names["en"] for each in content.codes["outcome"]}
    assert codes == {
        f"{slug}$2Ftell-urgent": f"Tell an urgent case from one that can wait. ({title})"
        for slug, title in (
            ("first-aid-at-work", "First aid at work"), ("night-shifts", "Night shifts")
        )
    }  # fmt: skip
    assert {row.figures[1] for table in content.tables for row in table.rows} == {None}
    by_course, by_outcome, both = pictures_of(content, "en")
    assert [figure for _name, figure in by_outcome.drawn] == [fig for _, fig in by_course.drawn]
    assert both.drawn is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"tables": (("course", "gender"),)}, TooNarrow),  # with the ministry and months: four
        ({"tables": (("gender", "grade"),)}, TooNarrow),
        ({"until": "2999-01"}, NotWholeMonths),
    ],
)
def test_a_narrow_table_never_goes_public(db, counted, changes, refusal):
    with pytest.raises(refusal):
        snapshot(db, EVERYBODY, wish(**changes))


def test_a_bulletin_of_everybody_may_split_by_one_thing_more(db, counted):
    content = snapshot(db, EVERYBODY, wish(institution="", tables=(("course", "gender"),)))
    assert content.tables[0].rows
    assert content.institution_names["en"] == "All institutions"


def test_what_is_released_is_kept_signed_and_verified_by_anybody(
    db, counted, frozen, chloe, settings, tmp_path
):
    bulletin = prepare(db, chloe.id, counted, frozen)
    release(db, settings.storage, chloe.id, bulletin)
    key = key_of(db, bulletin)
    archive = file_at(db, bulletin.key, "1", bulletin.archive).bytes
    assert {each.path: each.size for each in files_in(db, bulletin)}["manifest.json.sig"] == 64
    assert bulletin.content() == frozen
    held = zipfile.ZipFile(io.BytesIO(archive))
    assert {path: held.read(path) for path in files_of(frozen)} == files_of(frozen)

    told = verified(archive, key.text, tmp_path)
    assert (told.returncode, told.stdout) == (0, "Every file is what was signed.\n"), told.stderr
    Ed25519PublicKey.from_public_bytes(key.public).verify(
        held.read("manifest.json.sig"), held.read("manifest.json")
    )
    kinds = db.scalars(select(Event.kind).where(Event.actor_id == chloe.id)).all()
    assert [each for each in kinds if "bulletin" in each] == [
        "bulletin-prepared",
        "bulletin-released",
    ]


def test_a_revision_keeps_what_was_and_says_what_changed(
    db, counted, frozen, chloe, bilal, settings
):
    bulletin = prepare(db, chloe.id, counted, frozen)
    with pytest.raises(NameTaken):
        prepare(db, chloe.id, counted, frozen)
    with pytest.raises(RevisionWaits):
        revise(db, chloe.id, bulletin, frozen, "Once more.")
    release(db, settings.storage, chloe.id, bulletin)
    before = file_at(db, bulletin.key, "1", "table-all.csv").bytes

    db.query(Fact).filter(Fact.measure == "completed").delete()
    today = snapshot(db, EVERYBODY, wish())
    revision = revise(db, chloe.id, bulletin, today, "Completions of a file were counted twice.")
    with pytest.raises(RevisionWaits):
        revise(db, chloe.id, bulletin, today, "Once more.")
    assert [each.key for each in db.scalars(released())] == ["interior-2024-q1"]
    release(db, settings.storage, chloe.id, revision)
    content = revision.content()
    assert {each.measure for each in content.changes} == {"completed"}
    assert content.earlier[0].manifest == bulletin.manifest_hash.hex()
    assert file_at(db, bulletin.key, "1", "table-all.csv").bytes == before
    assert [each.revision for each in db.scalars(released())] == [2]
    changes = file_at(db, bulletin.key, "2", "changes.csv").bytes.decode()
    assert changes.count("\n") == 1 + len(content.changes) > 1


def test_what_is_released_stays_and_what_is_withdrawn_says_why(
    db, counted, frozen, chloe, settings
):
    bulletin = prepare(db, chloe.id, counted, frozen)
    with pytest.raises(NotReleased):
        withdraw(db, chloe.id, bulletin, "Too early.")
    with pytest.raises(BulletinUnknown):
        released_bulletin(db, bulletin.key, "1")
    release(db, settings.storage, chloe.id, bulletin)
    for again in (
        lambda: release(db, settings.storage, chloe.id, bulletin),
        lambda: drop(db, chloe.id, bulletin),
    ):
        with pytest.raises(NotPrepared):
            again()
    withdraw(db, chloe.id, bulletin, "A unit was left out.")
    assert released_bulletin(db, bulletin.key, "1").withdrawn_why == "A unit was left out."
    with pytest.raises(FilesWithdrawn):
        file_at(db, bulletin.key, "1", "table-all.csv")
    assert files_in(db, bulletin)


def test_a_dropped_bulletin_leaves_its_name_free(db, counted, frozen, chloe):
    drop(db, chloe.id, prepare(db, chloe.id, counted, frozen))
    assert latest_of(db, frozen.key) is None
    assert prepare(db, chloe.id, counted, frozen).revision == 1


def test_nobody_finds_a_bulletin_of_other_institutions(db, counted, frozen, chloe, dara):
    prepare(db, chloe.id, counted, frozen)
    assert bulletin_in(db, scope_of(db, chloe.id, COUNTS), frozen.key, "1")
    for scope, number in ((scope_of(db, dara.id, COUNTS), "1"), (EVERYBODY, "2"), (EVERYBODY, "x")):
        with pytest.raises(BulletinUnknown):
            bulletin_in(db, scope, frozen.key, number)


def test_a_renewed_key_signs_and_the_former_one_still_verifies(
    db, counted, frozen, chloe, settings, tmp_path
):
    bulletin = prepare(db, chloe.id, counted, frozen)
    release(db, settings.storage, chloe.id, bulletin)
    archive, former = file_at(db, bulletin.key, "1", bulletin.archive), key_of(db, bulletin)
    renewed = renew_key(db, settings.storage)
    [secret] = (settings.storage / "signing").iterdir()
    assert secret.name == f"{renewed.id}.pem"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert {each.id for each in keys_known(db)} == {former.id, renewed.id}
    assert verified(archive.bytes, former.text, tmp_path).returncode == 0
    second = revise(db, chloe.id, bulletin, frozen, "With the new key.")
    release(db, settings.storage, chloe.id, second)
    assert key_of(db, second).id == renewed.id


@pytest.mark.parametrize("damage", ["missing", "open", "another"])
def test_a_key_that_cannot_sign_is_refused_and_the_doctor_says_so(
    db, counted, frozen, chloe, settings, damage
):
    bulletin = prepare(db, chloe.id, counted, frozen)
    key = renew_key(db, settings.storage)
    place = settings.storage / "signing" / f"{key.id}.pem"
    if damage == "missing":
        place.unlink()
    elif damage == "open":
        place.chmod(0o644)
    else:
        place.write_text("-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(KeyAbsent):
        release(db, settings.storage, chloe.id, bulletin)
    db.commit()
    [told] = [each for each in faults(settings) if "signing" in each]
    assert "capacita signing-key --renew" in told


def test_the_day_of_a_release_is_in_its_manifest(db, counted, frozen, chloe, settings, today):
    bulletin = prepare(db, chloe.id, counted, frozen)
    release(db, settings.storage, chloe.id, bulletin)
    manifest = file_at(db, bulletin.key, "1", "manifest.json").bytes.decode()
    assert f'"released": "{today}"' in manifest
    assert re.search(r'"as_of": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"', manifest)
    assert isinstance(today, date)
