"""Pictures in fitting sizes: named by the compiler, made when asked for, never wider than they are."""

from io import BytesIO

import pytest
from PIL import Image

from app.catalogue.compiling.pictures import is_still, size_of
from app.catalogue.rasters import RasterFaulty, as_webp, renewed
from tests.makers.courses import make_course
from tests.makers.pictures import PHOTO, drawn, moving, photo
from tests.makers.sources import html_of

MEDIA = "/en/courses/first-aid-at-work/media/1"


@pytest.fixture
def course(db):
    version = make_course(
        db, files={"media/yard.jpg": photo(), "media/talk.mp4": b"\0\0\0\x18ftypisom"}
    )
    db.commit()
    return version


def test_a_picture_is_offered_in_fitting_sizes_and_its_place_is_kept():
    html = html_of('::: figure media/y.jpg "A yard"\nC.\n:::', **{"media/y.jpg": photo()})
    assert 'type="image/webp"' in html
    assert "media:y.jpg/400.webp 400w, media:y.jpg/800.webp 800w, media:y.jpg/1200.webp" in html
    assert '<img src="media:y.jpg" alt="A yard" width="1300" height="40"' in html


def test_light_and_moving_pictures_come_as_they_are():
    light = drawn("PNG", (20, 20))
    html = html_of('::: figure media/y.png "A yard"\nC.\n:::', **{"media/y.png": light})
    assert "<picture" not in html
    assert [is_still(moving(form)) for form in ("PNG", "WEBP")] == [False, False]
    assert is_still(drawn("WEBP"))


def test_an_ornament_is_not_read_aloud():
    html = html_of(
        "::: figure media/y.png decorative\nC.\n:::", **{"media/y.png": drawn("PNG", (9, 9))}
    )
    assert 'alt=""' in html
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"/></svg>'
    drawing = html_of("::: figure media/y.svg decorative\nC.\n:::", **{"media/y.svg": svg})
    assert 'aria-hidden="true"' in drawing
    assert 'role="img"' not in drawing


def test_readers_get_the_width_they_ask_for_and_no_other(course, eve, settings):
    answer = eve.get(f"{MEDIA}/yard.jpg/400.webp")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["content-security-policy"] == "sandbox"
    assert Image.open(BytesIO(answer.content)).size == (400, 12)
    assert len(answer.content) < len(photo())
    assert [each.name[-9:] for each in (settings.storage / "pictures").iterdir()] == ["-400.webp"]
    assert eve.get(f"{MEDIA}/yard.jpg/400.webp").content == answer.content
    for wrong in (
        "yard.jpg/401.webp",
        "yard.jpg/1300.webp",
        "talk.mp4/400.webp",
        "no.jpg/400.webp",
    ):
        assert eve.get(f"{MEDIA}/{wrong}").status_code == 404, wrong
    tag = {"If-None-Match": answer.headers["etag"]}
    assert eve.get(f"{MEDIA}/yard.jpg/400.webp", headers=tag).status_code == 304


def test_what_a_camera_adds_does_not_come_along():
    assert size_of(photo()) == PHOTO
    raster = renewed(BytesIO(photo()))
    assert (raster.ending, raster.width, raster.height) == ("jpg", *PHOTO)
    assert b"Awa" in photo()
    assert b"Awa" not in raster.content
    assert b"Exif" not in raster.content
    assert renewed(BytesIO(photo())) == raster


@pytest.mark.parametrize(
    ("form", "mode", "ending"),
    [("JPEG", "CMYK", "jpg"), ("JPEG", "L", "jpg"), ("PNG", "RGBA", "png"), ("PNG", "P", "png"),
     ("PNG", "I;16", "png"), ("GIF", "P", "png"), ("WEBP", "RGBA", "webp"), ("AVIF", "RGB", "webp")],
)  # fmt: skip
def test_every_kind_of_still_picture_is_kept_in_a_form_for_all(form, mode, ending):
    raster = renewed(BytesIO(drawn(form, (1700, 8), mode)))
    assert (raster.ending, raster.width) == (ending, 1600)
    assert size_of(raster.content) == (raster.width, raster.height)
    assert Image.open(BytesIO(as_webp(raster.content, 400))).width == 400


def test_bombs_films_and_halves_are_refused_in_words():
    bomb = BytesIO()
    Image.new("1", (10_000, 5_001)).save(bomb, "PNG")
    for content, said in (
        (bomb.getvalue(), "50 million"),
        (moving("GIF"), "moves"),
        (photo()[: len(photo()) // 2], "to its end"),
        (b"\x89PNG\r\n\x1a\n", "to its end"),
    ):
        with pytest.raises(RasterFaulty, match=said):
            renewed(BytesIO(content))
