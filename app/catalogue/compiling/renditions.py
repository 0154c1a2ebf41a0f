"""Renditions: in which widths a picture is offered to readers beside the file that came.

The compiler names them by their address alone; they are made when a reader first asks.
"""

from html import escape

from app.catalogue.compiling.media import MediaFile
from app.catalogue.compiling.pictures import is_still

RUNGS = (400, 800, 1200)
# How wide a figure stands in the reading column; the rest of it is the box's own edge.
SIZES = "(min-width: 40rem) 33rem, 88vw"
# A picture this light gains nothing by a second form.
LIGHT = 12_000
_BYTES_A_PIXEL = 0.12
_OFFERED = ("image/jpeg", "image/png", "image/webp")


def widths_of(width: int) -> tuple[int, ...]:
    """The widths in which a picture this wide is offered, its own among them up to the largest."""
    return (*(rung for rung in RUNGS if rung < width), *((width,) if width <= RUNGS[-1] else ()))


def has_renditions(media: MediaFile) -> bool:
    """Whether other forms are offered: moving and very light pictures come as they are."""
    if media.media_type not in _OFFERED or len(media.content) <= LIGHT:
        return False
    return is_still(media.content)


def picture_html(media: MediaFile, alternative: str) -> str:
    """The picture in fitting sizes, with the original for browsers without WebP."""
    image = (
        f'<img src="media:{media.name}" alt="{escape(alternative)}" width="{media.width}" '
        f'height="{media.height}" loading="lazy" decoding="async">'
    )
    if not has_renditions(media):
        return image
    listed = ", ".join(
        f"media:{media.name}/{width}.webp {width}w" for width in widths_of(media.width)
    )
    return f'<picture><source type="image/webp" srcset="{listed}" sizes="{SIZES}">{image}</picture>'


def weight_of(media: MediaFile) -> int:
    """About how many bytes a reader on a phone gets of the picture."""
    if not has_renditions(media):
        return len(media.content)
    width = min(media.width, RUNGS[1])
    height = media.height * width / media.width
    return min(len(media.content), round(width * height * _BYTES_A_PIXEL))
