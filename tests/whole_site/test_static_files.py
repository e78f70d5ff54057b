from __future__ import annotations

import gzip
import re

import pytest

from app.config import PROJECT
from app.core import static
from app.core.headers import HEADERS
from app.core.library import library


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
    assert script.startswith("{\n")
    assert script.index("location.replace(") < script.index("\n{\n") < script.index("[data-copy]")


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


@pytest.mark.parametrize(
    ("script", "short"),
    [
        ("/* What it\n   does. */\nlet a = 1;\n", "let a = 1;\n"),
        ("  // why\n  go();\n\n", "go();\n"),
        ('  const a = "/* x */"; // why\n', 'const a = "/* x */"; // why\n'),
        ("a /* b */ = c\n  + d;\n", "a /* b */ = c\n+ d;\n"),
        ("try { x(); } catch { /* not here */ }\n", "try { x(); } catch { /* not here */ }\n"),
        ("/* one */ two();\n/* three */\n", "/* one */ two();\n"),
    ],
)
def test_scripts_lose_only_lines_that_say_nothing_to_a_browser(script, short):
    assert static.shorter(script) == short


def test_no_text_of_a_script_goes_on_in_the_next_line():
    """What `shorter` rests on: it would change such a text."""
    for file in static.STATIC.glob("*.js"):
        for n, line in enumerate(file.read_text("utf-8").split("\n"), 1):
            assert line.count("`") % 2 == 0, f"{file.name}:{n}"
            assert not line.endswith("\\"), f"{file.name}:{n}"


# Raw bytes of script: goals of the site, which hold for what a browser has to read.
MOST_OF_A_LESSON, MOST_OF_A_LAB = 15_000, 40_000


def scripts_on(html: str) -> int:
    return sum(len(static.files()[a.split("/", 3)[3]]) for a in addresses(html) if a.endswith(".js"))


def test_scripts_of_every_lesson_and_activity_are_light(app, visit):
    """What a story or a lesson loads is at most 15 kB, a lab or cards at most 40 kB, unpacked."""
    with app.test_request_context():
        lessons = [(x.number, [(a.number, a.kind) for a in x.practice]) for x in library().lessons]
    found = {}
    for number, activities in lessons:
        found["lesson", number] = scripts_on(visit().get(f"/en/lessons/{number}").get_data(as_text=True)), MOST_OF_A_LESSON
        for nth, kind in activities:
            own = scripts_on(visit().get(f"/en/lessons/{number}/practice/{nth}").get_data(as_text=True))
            found[kind, number] = own, MOST_OF_A_LESSON if kind == "scenario" else MOST_OF_A_LAB
    assert min(own for own, _most in found.values()) > 1000, "scripts are counted"
    heavy = {what: own for what, (own, most) in found.items() if own > most}
    assert not heavy, heavy


def test_no_arrow_of_a_link_stands_alone_on_a_line():
    """A no-break space stands before it, and nothing that takes its place among the words: no flex, in which it would go to the edge."""
    for file in (PROJECT / "app").rglob("templates/**/*.html"):
        for link in re.findall(
            r'<(?:a|span) class="link-go"(?:(?!</(?:a|span)>).)*\{\{ icon\([^)]*\) \}\}</(?:a|span)>', file.read_text("utf-8")
        ):
            assert re.search(r"&nbsp;\{\{ icon\([^)]*\) \}\}</", link), (file.name, link)
    own = re.search(r"^ +\.link-go\{([^}]*)\}", (PROJECT / "app" / "static" / "balise.css").read_text("utf-8"), re.MULTILINE)[1]
    assert "flex" not in own
