"""The public script: forty lines that know every altered byte, and reckon as the library does."""

import io
import subprocess
import sys
import zipfile
from base64 import b64encode
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from app.settings import ROOT
from app.statistics.bulletins.parcels import archive_of, files_of, manifest_of
from tests.makers.bulletins import make_content

SCRIPT = ROOT / "static" / "open-data" / "verify.py"


@cache
def script() -> dict[str, object]:
    """The functions of the public script, without its last lines, which run it."""
    source, rest = SCRIPT.read_text().split("\nplace, key = ")
    assert source.count("\n") + rest.count("\n") < 40
    source = source.removesuffix("if len(sys.argv) != 3: sys.exit(__doc__)")
    names: dict[str, object] = {}
    exec(compile(source, str(SCRIPT), "exec"), names)
    return names


def raw(secret: Ed25519PrivateKey) -> bytes:
    return secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signed(secret: Ed25519PrivateKey) -> bytes:
    """The archive of a bulletin, signed with the secret."""
    files = files_of(make_content())
    manifest = manifest_of(make_content(), files, "a" * 16, "2026-04-03")
    return archive_of(files, manifest, secret.sign(manifest))


def changed(archive: bytes, path: str, content: bytes | None) -> zipfile.ZipFile:
    """The archive with another content of one file, or without it."""
    held, made = zipfile.ZipFile(io.BytesIO(archive)), io.BytesIO()
    with zipfile.ZipFile(made, "w") as other:
        for name in {*held.namelist(), path}:
            told = content if name == path else held.read(name)
            if told is not None:
                other.writestr(name, told)
    return zipfile.ZipFile(made)


def test_the_script_names_each_file_that_was_tampered_with():
    secret = Ed25519PrivateKey.generate()
    archive, faults, key = signed(secret), script()["faults"], raw(secret)
    held = zipfile.ZipFile(io.BytesIO(archive))
    assert faults(held, key) == []
    for path in held.namelist():
        content = held.read(path)
        said = path if not path.startswith("manifest") else "manifest.json"
        for other in (content[:-1] + bytes([content[-1] ^ 1]), None):
            [fault] = faults(changed(archive, path, other), key)
            assert fault.startswith(said), path
    assert faults(changed(archive, "more.csv", b"1"), key) == ["more.csv is not what was signed"]
    for other_key in (raw(Ed25519PrivateKey.generate()), b"", bytes(32), b"\xff" * 32):
        assert len(faults(held, other_key)) == 1


def test_who_runs_the_script_is_told_how_and_what_it_found(tmp_path):
    secret = Ed25519PrivateKey.generate()
    (tmp_path / "right.zip").write_bytes(signed(secret))
    other = changed(signed(secret), "before.csv", b"1")
    (tmp_path / "other.zip").write_bytes(other.fp.getvalue())
    key = b64encode(raw(secret)).decode()

    def run(*said):
        command = [sys.executable, str(SCRIPT), *said]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    assert run("right.zip", key) == (0, "Every file is what was signed.\n")
    assert run("other.zip", key) == (1, "before.csv is not what was signed\n")
    told = "Verify a statistical bulletin with Python alone: python3 verify.py ZIP-OR-ADDRESS PUBLIC-KEY\n"
    assert run() == run("right.zip") == (1, told)


@settings(max_examples=10, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_the_script_reckons_signatures_as_the_library_does(seed, message, bit):
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    is_signed, signature = script()["is_signed"], secret.sign(message)
    assert is_signed(raw(secret), message, signature)
    broken = bytearray(signature)
    broken[bit // 8] ^= 1 << bit % 8
    try:
        secret.public_key().verify(bytes(broken), message)
        is_sound = True
    except InvalidSignature:
        is_sound = False
    assert is_signed(raw(secret), message, bytes(broken)) == is_sound
