"""What there is no code for: writing to anybody, taking files, asking a child for text."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from walking import addresses, values_for

from app.config import PROJECT
from app.core.access import VISITORS, audience_of

# Modules that open connections, start programs, or run what they are given.
WAYS_OUT = {
    "smtplib", "imaplib", "poplib", "ftplib", "telnetlib", "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp",
    "socket", "socketserver", "ssl", "xmlrpc", "subprocess", "multiprocessing", "pty", "pickle", "marshal", "shelve", "webbrowser",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.spawnl", "os.execv", "render_template_string"}
# With the reason; none of them runs in a serving process.
ALLOWED = {
    ("app/authoring/history.py", "subprocess"): "git, for authors in development",
    ("app/keeping/following.py", "subprocess"): "Litestream, for the operator's `balise follow` and `balise restore`",
    ("app/running.py", "socket"): "looks whether the port is free, before the site serves",
}


def imports_and_calls(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


@pytest.mark.promise("D-8", "F-3")
def test_no_part_of_the_site_can_write_to_anybody_or_open_a_connection(promise):
    files = sorted((PROJECT / "app").rglob("*.py"))
    found = {(file.relative_to(PROJECT).as_posix(), name) for file in files for name in imports_and_calls(file) if name in WAYS_OUT | CALLS}
    ways = found - ALLOWED.keys()
    promise.figure("{ways} ways out in {n} files of the site", ways=len(ways), n=len(files))
    assert not ways
    assert {file for file, _name in ALLOWED} <= {file.relative_to(PROJECT).as_posix() for file in files}


def test_the_look_for_ways_out_can_see(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("from urllib import request\nimport smtplib\nx = eval('1')\n")
    assert imports_and_calls(file) >= {"urllib.request", "smtplib", "eval"}


FIELD = re.compile(r"<(input|textarea)\b[^>]*>")
WITHOUT_TEXT = {"hidden", "radio", "checkbox", "submit", "button"}


def typed_into(html: str) -> set[tuple[str, str]]:
    """(name, type) of every field that takes text or a file. A field without a name is sent nowhere, and still named here."""
    found = set()
    for match in FIELD.finditer(html):
        tag = match[0]
        kind = "textarea" if match[1] == "textarea" else (re.search(r'type="?(\w+)', tag) or [0, "text"])[1]
        name = re.search(r'\bname="([^"]*)"', tag)
        if kind not in WITHOUT_TEXT:
            found.add((name[1] if name else "", kind))
    return found


# What each kind of person can type into on the pages that they can open; at the doors, what lets somebody in.
DOORS = {"accounts.accept", "accounts.sign_in", "classrooms.join", "classrooms.new_words", "classrooms.sign_in", "home.first"}
SEARCH = {("q", "search")}
SECRETS = {("code", "text"), ("word1", "text"), ("word2", "text"), ("word3", "text"), ("digits", "text")}
TEACHERS_SIGN_IN = {("email", "email"), ("password", "password"), ("code", "text"), ("name", "text")}
CLASSES = {("label", "text"), ("seats", "number"), ("ends_on", "date"), ("opens_on", "date"), ("due_on", "date"), ("closes_on", "date"), ("open_until", "date"), ("due_after", "number")}  # fmt: skip
MAY_TYPE = {
    "Amy": SEARCH,
    "": SEARCH,
    "Ms Tremblay": SEARCH | CLASSES | {("present", "password"), ("password", "password")},
}


@pytest.mark.promise("E-1", "E-5", "F-5")
@pytest.mark.parametrize("who", MAY_TYPE)
def test_nobody_can_send_text_files_or_links_beyond_what_is_listed(app, school, visit, promise, who):
    values, visitor, pages, found = values_for(app, school), visit(who), 0, {}
    for endpoint, address in addresses(app, values, "en"):
        response = visitor.get(address, check=False)
        opens = VISITORS in audience_of(app, endpoint) or (who and b'name="word1"' not in response.data)
        if opens and response.status_code == 200 and response.mimetype == "text/html":
            pages += 1
            for field in typed_into(response.get_data(as_text=True)) - {("", "search")}:
                found.setdefault(field, set()).add(endpoint)
    beyond = {}
    for field, where in found.items():
        elsewhere = where - DOORS if field in SECRETS | TEACHERS_SIGN_IN else where
        if elsewhere and field not in MAY_TYPE[who] and not is_on_paper(field):
            beyond[field] = elsewhere
    promise.figure("{beyond} fields beyond those listed on {n} pages", beyond=len(beyond), n=pages)
    assert not beyond, beyond
    assert not [field for field in found if field[1] in ("file", "url", "textarea")]


def is_on_paper(field: tuple[str, str]) -> bool:
    """The letters of answers that a teacher types in from paper: one short field for each student."""
    return bool(re.fullmatch(r"a\d+\..*|\d+-.*|answers-\d+|[\w-]*\d+[\w.-]*", field[0])) and field[1] == "text"


def test_the_look_for_fields_can_see():
    html = '<input name="a"><textarea name="b"></textarea><input type="file" name="c"><input type="hidden" name="d"><input type="radio" name="e">'
    assert typed_into(html) == {("a", "text"), ("b", "textarea"), ("c", "file")}


def test_password_fields_are_masked_and_may_be_pasted_into(app, school, visit):
    html = visit().get("/en/accounts/sign-in").get_data(as_text=True) + visit("Ms Tremblay").get("/en/accounts/").get_data(as_text=True)
    fields = [tag for tag in re.findall(r"<input[^>]*>", html) if 'name="password"' in tag or 'name="present"' in tag]
    assert len(fields) == 3
    for tag in fields:
        assert 'type="password"' in tag
        assert re.search(r'autocomplete="(current|new)-password"', tag)
        assert "maxlength" not in tag or int(re.search(r'maxlength="(\d+)"', tag)[1]) >= 64
    listening = {file.name for file in (PROJECT / "app" / "static").glob("*.js") if '"paste"' in file.read_text("utf-8")}
    assert listening <= {"paper.js"}, "only the table for answers on paper looks at what is pasted"


@pytest.mark.promise("C-6")
@pytest.mark.parametrize(("who", "action"), [("Amy", "/sign-out"), ("Ms Tremblay", "/accounts/sign-out")])
def test_every_page_of_ones_own_has_a_way_to_sign_out(app, school, visit, promise, who, action):
    values, visitor, pages, without = values_for(app, school), visit(who), 0, []
    for endpoint, address in addresses(app, values, "en"):
        response = visitor.get(address, check=False)
        if response.status_code != 200 or response.mimetype != "text/html" or VISITORS in audience_of(app, endpoint):
            continue  # what visitors see, too, is the same for everybody and shows nobody's session
        if endpoint in ("progress.wall", "practice.wall"):
            continue  # shown to the whole class in large letters, without anybody's name on it
        pages += 1
        forms = re.findall(rf'<form[^>]* action="/en{action}"[^>]*>(.*?)</form>', response.get_data(as_text=True), re.DOTALL)
        if not any('type="submit"' in form for form in forms):
            without.append(address)
    promise.figure("{without} of {n} pages without a way to sign out", without=len(without), n=pages)
    assert not without


@pytest.mark.promise("H-4")
def test_every_form_is_checked_without_a_script(school, visit):
    """`novalidate` leaves it to the server to say what is wrong, in the reader's language and beside the field."""
    for who, address in (("", "/en/join"), ("", "/en/sign-in"), ("", "/en/accounts/sign-in"), ("Ms Tremblay", "/en/classrooms/new")):
        html = visit(who).post(address, {}).get_data(as_text=True)
        assert 'aria-invalid="true"' in html, address
