"""Pictures: small files of every kind that a library takes, drawn here so that their dots are known."""

from functools import cache
from io import BytesIO

from PIL import Image

MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + b"\0" * 40
VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\nThe counter opens.\n"
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\0" * 40
PDF = b"%PDF-1.7\n%%EOF\n"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 24">'
    b'<rect width="36" height="24" fill="currentColor"/></svg>'
)
PHOTO = (1300, 40)  # wide enough for every rung, and quick to make


def drawn(form: str, size: tuple[int, int] = PHOTO, mode: str = "RGB", **options: object) -> bytes:
    """A picture of noise in this form: noise does not pack, so that it is worth a smaller one."""
    image = Image.effect_noise(size, 90).convert(mode)
    written = BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


@cache
def photo() -> bytes:
    """A JPEG from a camera that lay on its side: 1300 by 40 dots stored as 40 by 1300."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Awa Diop"
    return drawn("JPEG", (PHOTO[1], PHOTO[0]), exif=exif)


def moving(form: str) -> bytes:
    """Two pictures that take turns."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    written = BytesIO()
    frames[0].save(written, form, save_all=True, append_images=frames[1:])
    return written.getvalue()
