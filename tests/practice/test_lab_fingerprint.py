"""Fingerprints of pictures: what they are, what they survive, and that the pictures in the tree are those of their shapes."""

from __future__ import annotations

import hashlib

import pytest

from app.config import PROJECT
from app.core.library import library
from app.curriculum.fingerprint import (
    BITS,
    MATCH,
    Change,
    Greys,
    changed,
    cropped,
    distance,
    eight,
    exact,
    greys_of_areas,
    lookalike,
    mirrored,
    nearest,
    resized,
    saved_again,
    turned,
)
from app.curriculum.pictures import PICTURES, colours, picture, png, read_png
from app.practice.labs import print_of

RISING = Greys(9, 8, bytes(x * 20 for _ in range(8) for x in range(9)))


def test_the_exact_fingerprint_is_sha_256_of_size_and_greys():
    assert exact(Greys(2, 1, b"\x00\xff")) == hashlib.sha256(b"\x00\x02\x00\x01\x00\xff").hexdigest()
    assert exact(Greys(1, 2, b"\x00\xff")) != exact(Greys(2, 1, b"\x00\xff"))


def test_the_lookalike_fingerprint_compares_each_area_with_the_next():
    assert lookalike(RISING) == "1" * BITS
    assert lookalike(mirrored(RISING)) == "0" * BITS
    assert distance(lookalike(RISING), lookalike(mirrored(RISING))) == BITS
    assert greys_of_areas(RISING)[:3] == [0, 20, 40]


def test_an_area_counts_a_square_on_its_border_by_the_part_inside():
    assert resized(Greys(18, 8, bytes(range(18)) * 8), 50).values[:3] == bytes([1, 3, 5])  # (0 + 1) / 2 rounded up, and so on
    # 12 squares in 9 areas: the first holds one and a third of 0 and 90, the second two thirds of 90 and two thirds of 180.
    assert greys_of_areas(Greys(12, 8, bytes([0, 90, 180, *[0] * 9]) * 8))[:2] == [22, 135]


def test_four_quarter_turns_and_two_mirrors_lead_back():
    small = Greys(3, 2, bytes([1, 2, 3, 4, 5, 6]))
    assert turned(small) == Greys(2, 3, bytes([4, 1, 5, 2, 6, 3]))
    assert turned(turned(turned(turned(small)))) == small
    assert mirrored(mirrored(small)) == small
    assert len({(p.width, p.values) for p in eight(small)}) == 8


def test_a_crop_is_taken_evenly_or_from_one_corner():
    square = Greys(10, 10, bytes(range(100)))
    assert cropped(square, 20, corner=False).values[0] == 11
    assert cropped(square, 20, corner=True).values[0] == 0
    assert (cropped(square, 20, corner=True).width, cropped(square, 20, corner=False).height) == (8, 8)


def test_saving_again_loses_little_at_high_quality_and_more_at_low():
    own = cropped(picture("cat"), 70, corner=False)
    losses = [sum(abs(a - b) for a, b in zip(own.values, saved_again(own, q).values, strict=True)) / len(own.values) for q in (95, 5)]
    assert 0 < losses[0] < losses[1] < 20
    flat = Greys(16, 8, bytes([128] * 128))
    assert saved_again(flat, 50) == flat


def test_the_pictures_in_the_tree_are_painted_from_their_shapes():
    for name in PICTURES:
        file = (PROJECT / "app" / "static" / "lab" / f"{name}.png").read_bytes()
        assert read_png(file) == picture(name), f"paint {name} again: pictures.png(pictures.picture({name!r}))"
        assert read_png(png(picture(name))) == picture(name)
    assert len(colours()) == 256
    assert print_of("cat").bits == lookalike(picture("cat"))


def test_the_worked_examples_are_what_comes_out(app):
    with app.test_request_context():
        activity = next(a for a in library().lesson("image-fingerprints").practice if a.kind == "fingerprint")
    own = picture(activity.of_role("picture")[0].id)
    for example in activity.data["examples"]:
        other = changed(own, Change(**example["change"]))
        assert (nearest(own, other, False), nearest(own, other, True)) == (example["differences"], example["of_eight"]), example
        assert exact(own) != exact(other)


@pytest.mark.parametrize("name", list(PICTURES))
def test_the_pictures_behave_as_the_photos_that_were_measured(name):
    """M-01: resizing, light and a small trim are survived; a big crop and a mirror are not, unless eight are stored."""
    own = picture(name)
    for survived in (Change(size=25), Change(light=20), Change(crop=2)):
        assert nearest(own, changed(own, survived), False) <= MATCH, survived
    for missed in (Change(crop=20), Change(crop=30), Change(mirror=True), Change(turn=True)):
        assert nearest(own, changed(own, missed), False) > MATCH, missed
    assert nearest(own, changed(own, Change(mirror=True, turn=True)), True) == 0
    for other in PICTURES:
        assert other == name or nearest(own, picture(other), False) > MATCH
