"""Rasters: pictures of dots, decoded whole with care and written anew without what cameras add."""

import struct
import zlib
from io import BytesIO
from typing import IO, NamedTuple

from PIL import Image, ImageCms, ImageOps

from app.catalogue.compiling.pictures import MOST_PIXELS
from app.i18n.marking import N_

WIDEST, TALLEST = 1600, 4000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
# What is kept in each form that comes: AVIF and GIF in a form that every browser and machine reads.
_KEPT = {"JPEG": "jpg", "PNG": "png", "GIF": "png", "WEBP": "webp", "AVIF": "webp"}
_UNREADABLE = (
    OSError, SyntaxError, ValueError, struct.error, EOFError, MemoryError, IndexError, TypeError,
    OverflowError, zlib.error, KeyError, AttributeError,
)  # fmt: skip
Image.MAX_IMAGE_PIXELS = None  # we ask for ourselves, before anything is decoded

BROKEN = N_("The picture cannot be read to its end. Save it anew in a drawing program.")
TOO_LARGE = N_("The picture has over 50 million dots. Make it smaller first.")
MOVING = N_("The picture moves. Save one moment of it as a picture, or the whole as an MP4 film.")


class RasterFaulty(Exception):
    """The picture cannot be used; the message is an id for gettext that says why and the mend."""


class Raster(NamedTuple):
    """A picture as it is kept: the ending of its form, its bytes, width and height."""

    ending: str
    content: bytes
    width: int
    height: int


def renewed(stream: IO[bytes]) -> Raster:
    """The picture upright, at most 1600 dots wide, in sRGB and without metadata.

    Raises RasterFaulty.
    """
    opened, image = _decoded(stream, WIDEST)
    ending = _KEPT[opened]
    scale = min(WIDEST / image.width, TALLEST / image.height, 1)
    if scale < 1:
        size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
        image = _dots(image).resize(size, Image.Resampling.LANCZOS)
    return Raster(ending, _written(image, ending), image.width, image.height)


def as_webp(content: bytes, width: int) -> bytes:
    """The picture in this width as WebP, by whichever of its two ways is lighter.

    Raises RasterFaulty.
    """
    opened, image = _decoded(BytesIO(content), width)
    image = _dots(image)
    if width < image.width:
        height = max(round(image.height * width / image.width), 1)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    lossy = _saved(image, "WEBP", quality=80, method=4)
    if opened != "PNG":
        return lossy
    return min(lossy, _saved(image, "WEBP", lossless=True, quality=60, method=4), key=len)


def _decoded(stream: IO[bytes], wanted: int) -> tuple[str, Image.Image]:
    """The form that came, and the picture upright; a large JPEG is decoded no larger than needed."""
    try:
        image = Image.open(stream, formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise RasterFaulty(TOO_LARGE)
        if getattr(image, "is_animated", False):
            raise RasterFaulty(MOVING)
        opened = str(image.format)
        image.draft(None, (wanted, wanted))
        image.load()
        upright = _in_srgb(ImageOps.exif_transpose(image))
    except _UNREADABLE as stop:
        raise RasterFaulty(BROKEN) from stop
    see_through = upright.info.get("transparency")
    upright.info = {} if see_through is None else {"transparency": see_through}
    return opened, upright


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours of the web; one whose own are unknown stays as it is."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        try:
            turned = ImageCms.profileToProfile(
                image, own, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except ImageCms.PyCMSError:
            return image
        return turned or image
    return image


def _dots(image: Image.Image) -> Image.Image:
    """The picture in full colours, which can be made smaller."""
    has_holes = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return image.convert("RGBA" if has_holes else "RGB")


def _written(image: Image.Image, ending: str) -> bytes:
    if ending == "png":
        plain = image if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else _dots(image)
        return _saved(plain, "PNG", optimize=True)
    if ending == "webp":
        return _saved(_dots(image), "WEBP", quality=82, method=4)
    plain = image if image.mode in ("L", "RGB") else image.convert("RGB")
    return _saved(plain, "JPEG", quality=85, optimize=True, progressive=True)


def _saved(image: Image.Image, form: str, **options: int | bool) -> bytes:
    written = BytesIO()
    image.save(written, form, **options)
    return written.getvalue()
