"""Assets are joined once, named by their content, kept for ever, and small."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
import zstandard
from starlette.applications import Starlette
from starlette.routing import Mount

from app.settings import ROOT
from app.web.assets import (
    FOREVER,
    Assets,
    encoding_for,
    joined_css,
    joined_js,
    minified_css,
    pages_css,
    studio_css,
)

STATIC = ROOT / "static"
CSS_BUDGET = 5_800  # at 64 kbit/s a lesson is painted within five seconds, see the journeys
PAGES_BUDGET = 5_120
JS_BUDGET = 6_000
ICON_BUDGET = 500


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets.gather(STATIC)


def a_folder(place: Path, css: str = "a { color: red }", element: str = "class A {}") -> Path:
    for folder in ("css/components", "js/elements"):
        (place / folder).mkdir(parents=True)
    (place / "css/app.css").write_text("/* order */ @layer base, components;")
    (place / "css/base.css").write_text(css)
    (place / "css/components/b.css").write_text(".b { gap: 0 }")
    (place / "css/components/a.css").write_text(".a { gap: 0 }")
    (place / "css/print.css").write_text("@media print { a { color: black } }")
    (place / "js/app.js").write_text("const a = 1;")
    (place / "js/elements/quiz-answers.js").write_text(element)
    (place / "favicon.svg").write_text("<svg/>")
    return place


def bytes_of(assets: Assets, name: str, encoding: str = "gzip") -> bytes:
    return assets.answer(assets.address(name), {"accept-encoding": encoding}).body


@pytest.mark.parametrize(
    ("name", "budget"),
    [
        ("app.css", CSS_BUDGET),
        ("pages.css", PAGES_BUDGET),
        ("app.js", JS_BUDGET),
        ("favicon.svg", ICON_BUDGET),
    ],
)
def test_each_file_fits_its_budget_when_compressed(assets, name, budget):
    assert len(bytes_of(assets, name)) <= budget


@pytest.mark.parametrize(
    ("name", "kind"),
    [("app.css", "text/css"), ("app.js", "text/javascript"), ("favicon.svg", "image/svg+xml")],
)
def test_a_file_is_kept_for_ever_under_its_type(assets, name, kind):
    answer = assets.answer(assets.address(name), {})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers


def test_every_encoding_holds_the_same_file(assets):
    plain = assets.answer(assets.address("app.css"), {}).body
    assert gzip.decompress(bytes_of(assets, "app.css", "gzip")) == plain
    assert zstandard.decompress(bytes_of(assets, "app.css", "gzip, zstd")) == plain


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP;q=0.5", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        ("gzip; q=0.0", "identity"),
        ("br", "identity"),
        ("", "identity"),
    ],
)
def test_the_browser_gets_the_best_encoding_it_takes(accepted, encoding):
    assert encoding_for(accepted) == encoding


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_comes_in_no_encoding_that_is_refused(eve):
    answer = eve.get("/en/help", headers={"Accept-Encoding": "zstd;q=0, gzip;q=0"})
    assert "content-encoding" not in answer.headers


def test_a_browser_that_has_the_file_is_told_so(assets):
    address = assets.address("app.css")
    etag = assets.answer(address, {"accept-encoding": "gzip"}).headers["etag"]
    again = assets.answer(address, {"accept-encoding": "gzip", "if-none-match": etag})
    assert (again.status_code, again.body) == (304, b"")
    assert again.headers["etag"] == etag
    plain = assets.answer(address, {"if-none-match": etag})
    assert plain.status_code == 200


@pytest.mark.parametrize("path", ["/static/app.000000000000.css", "/static/css/base.css", "/x"])
def test_a_name_that_is_not_current_is_not_found_and_not_kept(assets, path):
    answer = assets.answer(path, {})
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_a_changed_file_gets_another_address(tmp_path):
    before = Assets.gather(a_folder(tmp_path / "before"))
    after = Assets.gather(a_folder(tmp_path / "after", css="a { color: blue }"))
    assert before.address("app.css") != after.address("app.css")
    assert before.address("app.js") == after.address("app.js")
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", before.address("app.css"))


def test_an_asset_that_is_not_there_is_a_fault_of_the_page(assets):
    with pytest.raises(KeyError):
        assets.address("missing.css")


def test_it_serves_as_a_mounted_app(assets, portal):
    site = Starlette(routes=[Mount("/static", assets)])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://capacita.test")
    found = portal.call(client.get, assets.address("app.js"))
    missing = portal.call(client.get, "/static/deeper" + assets.address("app.js"))
    portal.call(client.aclose)
    assert found.status_code == 200
    assert "addEventListener" in found.text
    assert missing.status_code == 404


def test_layers_stand_in_their_order_and_print_outside_of_them(tmp_path):
    joined = joined_css(a_folder(tmp_path) / "css")
    assert joined.split("\n") == [
        "@layer base,components;",
        "@layer base{a{color:red}}",
        "@layer components{.a{gap:0}.b{gap:0}}",
        "@media print{a{color:black}}",
    ]


def test_every_sheet_of_the_house_is_in_one_of_the_joined_ones():
    folder = STATIC / "css"
    sheets = [joined_css(folder), pages_css(folder), studio_css(folder)]
    for sheet in folder.rglob("*.css"):
        holding = [each for each in sheets if minified_css(sheet.read_text()) in each]
        assert holding == sheets if sheet.name == "app.css" else len(holding) == 1, sheet.name


def test_what_stands_in_quotes_is_not_minified():
    sheet = """.a::before { content: "a  ;  /* no comment */ }"; } /* "gone" */ .b { content: 'x : y' }"""
    assert minified_css(sheet) == (
        """.a::before{content:"a  ;  /* no comment */ }"}.b{content:'x : y'}"""
    )


def test_spaces_that_mean_something_stay():
    sheet = ".a :is(b, c) + d > e { width: calc(1px + 2px); margin: 0 auto }"
    assert minified_css(sheet) == ".a :is(b,c) + d>e{width:calc(1px + 2px);margin:0 auto}"


def test_elements_follow_the_first_script_each_in_its_own_block(tmp_path):
    joined = joined_js(a_folder(tmp_path) / "js")
    assert joined == "{\nconst a = 1;}\n{\nclass A {}}\n"


@pytest.mark.parametrize("line", ['import "./other.js";', "export class A {}"])
def test_a_script_that_imports_or_exports_is_refused(tmp_path, line):
    with pytest.raises(ValueError, match=r"quiz-answers\.js imports or exports"):
        Assets.gather(a_folder(tmp_path, element=line))
