from __future__ import annotations

import gzip
import re

import pytest

from app.core import static
from app.core.headers import HEADERS


def addresses(html: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', html)


@pytest.mark.promise("H-2")
def test_static_files_carry_the_same_rules_as_pages(visit):
    for name in static.files():
        response = visit().get(static.asset(name))
        assert response.status_code == 200, name
        for header, value in HEADERS.items():
            assert response.headers.get(header) == value, (name, header)
        assert response.headers["Cache-Control"] == static.A_YEAR


def test_a_file_comes_in_the_best_packing_the_browser_takes(visit):
    brotli = pytest.importorskip("brotli")
    address, plain = static.asset("balise.css"), static.files()["balise.css"]
    for accept, encoding, unpack in (("", None, bytes), ("gzip", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress)):
        for _twice in range(3):
            response = visit().get(address, headers={"Accept-Encoding": accept})
            assert response.headers.get("Content-Encoding") == encoding
            assert unpack(response.data) == plain
            assert int(response.headers["Content-Length"]) == len(response.data)
    assert visit().get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_a_public_page_comes_as_brotli_too(visit):
    brotli = pytest.importorskip("brotli")
    plain = visit().get("/ko/lessons/1").data
    for _time in range(3):
        packed = visit().get("/ko/lessons/1", check=False, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert packed.headers["Content-Encoding"] == "br"
        assert brotli.decompress(packed.data) == plain


def test_starting_writes_nothing_beside_the_code(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError(30, "Read-only file system")

    static.read_anew()
    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    monkeypatch.setattr("pathlib.Path.write_text", refuse)
    static.serve(lambda _environ, _start: [])
    assert static.pages()


def test_a_first_page_asks_for_one_stylesheet_and_one_script(visit):
    for locale, sheet in (("en", "balise.css"), ("ko", "korean.css")):
        names = [a.rsplit("/", 1)[-1] for a in addresses(visit().get(f"/{locale}/lessons/1").get_data(as_text=True))]
        assert sorted(n for n in names if n.endswith((".css", ".js"))) == sorted([sheet, "visit.js"])


def test_the_way_out_stands_before_all_other_scripts():
    script = static.files()["visit.js"].decode()
    assert script.startswith("{\n/* Leave quickly.")
    assert script.index("location.replace(") < script.index("/* Small comforts.")


def test_an_asset_that_is_not_there_is_noticed():
    with pytest.raises(KeyError):
        static.asset("nothing.css")


@pytest.mark.parametrize(
    ("css", "small"),
    [
        ("a { b : c ; }", "a{b : c}"),
        ("a{width:calc(1px + 2px)}", "a{width:calc(1px + 2px)}"),
        ("a  :hover ,\n b{c:d}", "a :hover,b{c:d}"),
        ('a::before{content:"/* not ; a  comment */"}', 'a::before{content:"/* not ; a  comment */"}'),
        ("a{b:'x \\' { y'} /* gone */ c{d:e}", "a{b:'x \\' { y'}c{d:e}"),
        ("@media (min-width:2em) and (x) { a{b:c} }", "@media (min-width:2em) and (x){a{b:c}}"),
    ],
)
def test_stylesheets_lose_only_what_means_nothing(css, small):
    assert static.smaller(css) == small
