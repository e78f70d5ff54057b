"""What photos carry: read from the files as they lie there, however broken they are; guessed, looked at, taken out, and never kept."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from practice.test_lab_pages import address, tag_with
from practice.test_lab_rules import rules_broken

from app.core import static
from app.curriculum import photos
from app.curriculum.exif import HEAD, Details, details, number, parts, without_details
from app.curriculum.photos import PHOTOS
from app.practice.peek import _PICTURES, inside

FILES = {name: (_PICTURES / f"photo-{name}.jpg").read_bytes() for name in PHOTOS}
PLACE = (44 + 29 / 60 + 31 / 3600, -(63 + 55 / 60 + 8 / 3600))


def test_each_file_says_what_it_was_made_to_say():
    assert details(FILES["cat"]) == Details(device="Pomelo P2", day="2026-05-02 16:41")
    assert details(FILES["lighthouse"]) == Details(device="Pomelo P2", day="2026-07-18 19:26", place=PLACE)
    kite = details(FILES["kite"])
    assert kite == Details(program="Snippet 1.4", small=kite.small)
    assert FILES["kite"][slice(*kite.small)] == (_PICTURES / "photo-kite-small.jpg").read_bytes()


def test_what_can_be_guessed_is_what_the_files_hold():
    for name, photo in PHOTOS.items():
        found = details(FILES[name])
        there = (found.device, found.day, found.place, found.small)
        assert photo.gives == tuple(g for g, own in zip(photos.GUESSES, there, strict=True) if own)


def test_the_files_are_those_that_the_program_writes():
    """The small one is painted anew, which takes two seconds; of the others the notes, of which everything here speaks."""
    own = (_PICTURES / "photo-kite-small.jpg").read_bytes()
    assert photos.small("kite") == own, 'paint them again: photos.paint("kite")'
    for name, photo in PHOTOS.items():
        notes = photos._app1(photo, own if photo.small else b"")
        assert FILES[name][2 : 2 + len(notes)] == notes


def test_taken_out_is_taken_out_and_the_picture_stays():
    for name, data in FILES.items():
        bare = without_details(data)
        assert details(bare) == Details()
        assert [mark for mark, *_ in parts(bare) if mark >= 0xE0] == []
        picture = [data[a:b] for mark, a, b in parts(data) if mark != 0xE1]
        assert bare == data[:2] + b"".join(picture) + data[max(b for *_, b in parts(data)) :], name
        assert without_details(bare) == bare
        assert inside(name)[0].size > inside(name)[1].size


def little_endian(make=b"Kumquat\0"):
    block = (
        b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + struct.pack("<HHII", 0x10F, 2, len(make), 26) + struct.pack("<I", 0) + make
    )
    notes = HEAD + block
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes + b"\xff\xd9"


def test_a_file_with_the_small_end_first_is_read_too():
    assert details(little_endian()).device == "Kumquat"
    assert details(little_endian(b"<b>\x07\xffK\0rest")).device == "<b>K", "what is no letter is left out"
    assert details(little_endian(b"K" * 90)).device == "K" * 40


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff" + HEAD, b"\xff\xd8\xff\xe1\x00\x00", b"PNG", little_endian()[:30]]
)
def test_what_is_cut_off_says_nothing(data):
    assert details(data) == Details()
    assert without_details(data)[:2] == data[:2]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.integers(0, 420), st.integers(0, 255)), max_size=12), st.integers(0, 600))
def test_a_broken_file_is_read_as_far_as_it_goes_and_can_still_be_emptied(name, changes, length):
    data = bytearray(FILES[name])
    for at, value in changes:
        data[at] = value
    data = bytes(data[: length + 40])
    found = details(data)
    assert found.small is None or (0 < found.small[0] < found.small[1] <= len(data))
    assert details(without_details(data)) == Details()


def test_a_number_outside_the_file_is_nought():
    assert [number(b"\1\2", at, 2) for at in (-1, 0, 1, 5)] == [0, 258, 0, 0]
    assert number(b"\1\2", 0, 2, little=True) == 513


def test_what_reads_the_files_in_the_page_is_small():
    assert len(static.files()["lab-peek.js"]) <= 6_000


# The page without a script


def card(html, name):
    return html.split(f'id="photo-{name}"')[1].split("</section>")[0]


def test_nothing_is_shown_before_somebody_looks(app, visit):
    html = visit().get(address(app, "peek")).get_data(as_text=True)
    for name in PHOTOS:
        own = card(html, name)
        assert "hidden" in tag_with(own, "data-inside")
        assert all("hidden" in tag for tag in re.findall(r"<span[^>]*data-there[^>]*>", own))
        assert "checked" not in own


def test_guess_look_and_take_out_one_photo_after_the_other(app, visit):
    at = address(app, "peek")
    html = visit().post(at, {"guess-lighthouse": ["place", "cut"], "look": "lighthouse"}).get_data(as_text=True)
    own = card(html, "lighthouse")
    assert "hidden" not in tag_with(own, "data-inside")
    assert "hidden" in tag_with(own, "data-still")
    assert len(re.findall(r"<input[^>]* checked", own)) == 2, "the guess stands beside what is there"
    assert [m == "in" for m in re.findall(r"data-there>(?:<svg.*?</svg>)?(in|not in) the file", own)] == [True, True, True, False]
    assert "44.49194, -63.91889" in own
    assert "hidden" in tag_with(card(html, "kite"), "data-inside"), "the others wait"
    more = {"looked": "lighthouse", "guess-lighthouse": ["place", "cut"], "take": "lighthouse"}
    own = card(visit().post(at, more).get_data(as_text=True), "lighthouse")
    assert "hidden" not in tag_with(own, "data-still")
    assert own.count(">gone<") == 3, "device, day and place"
    sizes = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) bytes", own)]
    assert sizes == [len(FILES["lighthouse"]), len(without_details(FILES["lighthouse"]))]
    again = visit().post(at, {"looked": "lighthouse", "out": "lighthouse", "look": "kite"}).get_data(as_text=True)
    assert "hidden" not in tag_with(card(again, "lighthouse"), "data-still"), "what was done stays done"
    assert "photo-kite-small.jpg" in card(again, "kite")
    third = visit().post(at, {"looked": ["cat", "kite"], "look": "lighthouse"}).get_data(as_text=True)
    assert all("hidden" not in tag_with(card(third, name), "data-inside") for name in PHOTOS)


def test_odd_names_change_nothing_and_nothing_is_kept(app, visit, statements):
    visitor = visit()
    with statements() as made:
        answer = visitor.post(address(app, "peek"), {"look": "<script>x", "guess-cat": "<script>y", "take": "../../etc"})
    assert "<script>x" not in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert made == []


def test_the_photos_of_the_curriculum_break_no_rule():
    assert rules_broken("image-permanence", "peek") == set()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"lighthouse", "kite"]', '"lighthouse", "whale"]', "lab-drawing"),
        ('["cat", "lighthouse", "kite"]', '["cat", "lighthouse"]', "lab-answer"),
        ('["cat", "lighthouse", "kite"]', '["kite"]', "lab-answer"),
    ],
)
def test_a_choice_of_photos_with_nothing_to_guess_is_found(old, new, rule):
    assert rule in rules_broken("image-permanence", "peek", old, new)
