"""What the site is made of, whom to tell of a hole, and that two builds are the same."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import config_for

from app import create_app
from app.config import PROJECT, Config, WrongConfiguration
from app.core import clock, parts

CONTACT = "mailto:security@school.example"


def text_of(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


@pytest.mark.promise("N-1")
@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_list_of_parts_has_every_pinned_package_with_its_hashes(promise, lock):
    made = parts.parts_list(text_of(lock), "1")
    lines = text_of(lock).splitlines()
    named = {line.split(" ")[0] for line in lines if "==" in line and not line.startswith(" ")}
    assert {f"{c['name']}=={c['version']}" for c in made["components"]} == named
    hashes = [h["content"] for c in made["components"] for h in c["hashes"]]
    assert len(hashes) == sum("--hash=sha256:" in line for line in lines)
    references = [c["bom-ref"] for c in made["components"]]
    assert len(references) == len(set(references))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.5")
    promise.figure("{bare} of {n} packages without a hash ({hashes} hashes)", bare=sum(not c["hashes"] for c in made["components"]), n=len(named), hashes=len(hashes))  # fmt: skip


@pytest.mark.promise("N-1")
@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", ["postgres"]), ("requirements-dev.lock", ["postgres", "dev"])])
def test_everything_the_project_asks_for_is_in_the_lock(lock, extras):
    """What is installed by hand on one machine works there alone: a machine that goes by the lock would miss it."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    asked = project["dependencies"] + [one for extra in extras for one in project["optional-dependencies"][extra]]
    names = {re.split(r"[^a-z0-9-]", one, maxsplit=1)[0] for one in asked}
    missing = names - {part["name"] for part in parts.pinned(text_of(lock))}
    assert not missing, "python3 dev.py lock"


def test_the_same_lock_gives_the_same_list_and_another_one_another():
    lock = text_of("requirements.lock")
    first = json.dumps(parts.parts_list(lock, "1"))
    assert json.dumps(parts.parts_list(lock, "1")) == first
    assert parts.parts_list(lock.replace("==", "==9", 1), "1")["serialNumber"] not in first


@pytest.mark.promise("N-1")
@pytest.mark.parametrize(
    "line", ["flask==3.1.3", "flask>=3", "-e .", "flask @ https://elsewhere.example/flask.whl", "--index-url https://elsewhere.example"]
)
def test_what_is_not_pinned_by_its_hash_is_no_lock(line):
    with pytest.raises(parts.BrokenLock):
        parts.pinned(f"{line}\n")


def with_contact(tmp_path, compiled, contact=CONTACT, url=""):
    data = shutil.copytree(compiled, tmp_path / "data")
    return create_app(
        replace(
            config_for(data, lessons=compiled.parent / "lessons"), security_contact=contact, public_url=url, https=url.startswith("https:")
        )
    )


@pytest.mark.promise("N-3")
def test_who_finds_a_hole_is_told_where_to_write(tmp_path, compiled):
    app = with_contact(tmp_path, compiled, url="https://balise.example.org")
    response = app.test_client().get("/.well-known/security.txt")
    assert response.status_code == 200
    assert response.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.get_data(as_text=True).splitlines())
    assert fields["Contact"] == CONTACT
    assert fields["Canonical"] == "https://balise.example.org/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en, fr, ko"
    left = datetime.fromisoformat(fields["Expires"]).date() - clock.today()
    assert timedelta(30) < left < timedelta(366)
    assert "Set-Cookie" not in response.headers
    app.extensions["balise.engine"].dispose()


def test_without_a_contact_there_is_no_such_page(visit):
    assert visit().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "wrong", ["security@school.example", "mailto:", "http://school.example", "https://", "mailto:a@b\nContact: x", "javascript:alert(1)"]
)
def test_a_contact_that_nobody_could_write_to_stops_the_start(tmp_path, wrong):
    with pytest.raises(WrongConfiguration, match="BALISE_SECURITY_CONTACT"):
        Config.from_environment({"BALISE_DATA": str(tmp_path), "BALISE_SECURITY_CONTACT": wrong})


@pytest.mark.parametrize("right", [CONTACT, "https://school.example/report"])
def test_a_contact_is_a_mail_address_or_a_page(tmp_path, right):
    assert Config.from_environment({"BALISE_DATA": str(tmp_path), "BALISE_SECURITY_CONTACT": right}).security_contact == right


def test_the_policy_names_no_address_and_what_it_points_to_exists():
    policy = text_of("SECURITY.md")
    assert not re.findall(r"[\w.]+@[\w.]+|https?://", policy), "an address in a file gets out of date, or is somebody else's"
    for target in re.findall(r"\]\(([^)]+)\)", policy):
        assert (PROJECT / target).exists(), target
    review = text_of("docs/security-review.md")
    assert date.fromisoformat(re.search(r"^Last look: (\S+)$", review, re.MULTILINE)[1])


@pytest.mark.promise("N-3")
@pytest.mark.skipif(not os.environ.get("BALISE_DRILL"), reason="takes half a minute and the network: make drill")
def test_two_builds_in_two_places_are_the_same_bytes(tmp_path, promise):
    wheels = []
    for name in ("one", "two"):
        source = tmp_path / name / "balise"
        for part in ("app", "lessons", "translations", "migrations", "setup.py", "pyproject.toml", "README.md", "LICENSE"):
            of = PROJECT / part
            (shutil.copytree if of.is_dir() else shutil.copy)(of, source / part) if of.is_dir() else (
                source.mkdir(parents=True, exist_ok=True),
                shutil.copy(of, source / part),
            )
        for cache in source.rglob("__pycache__"):
            shutil.rmtree(cache)
        command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path / name), str(source)]
        subprocess.run(
            command, env={**os.environ, "SOURCE_DATE_EPOCH": "1795305600", "PYTHONHASHSEED": (name[0] == "o" and "1") or "2"}, check=True
        )
        wheels += (tmp_path / name).glob("balise-*.whl")
    digests = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels]
    promise.figure("{different} of {n} builds differ ({kilobytes} KB each)", different=len(set(digests)) - 1, n=len(digests), kilobytes=wheels[0].stat().st_size // 1024)  # fmt: skip
    assert len(digests) == 2
    assert digests[0] == digests[1]
    assert not missing_in(wheels[0]), "the wheel lacks what the site needs"
    assert "settings     ok" in doctor_of(wheels[0], tmp_path)


def missing_in(wheel: Path) -> set[str]:
    """Files of the site, its lessons, translations and migrations that a wheel does not hold."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    kinds, parts = (".md", ".toml", ".svg", ".po", ".py"), ("lessons", "translations", "migrations")
    files = [file for part in parts for file in (PROJECT / part).rglob("*") if file.suffix in kinds and file.name != "README.md"]
    beside = {f"app/shipped/{file.relative_to(PROJECT).as_posix()}" for file in files}
    own = {f.relative_to(PROJECT).as_posix() for f in (PROJECT / "app").rglob("*") if f.is_file() and f.suffix not in (".pyc", ".mo")}
    return (own | beside) - names


def doctor_of(wheel: Path, folder: Path) -> str:
    """What `balise doctor` says after installing the wheel alone, with the packages of this environment."""
    target = folder / "installed"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel)], check=True)
    env = {**os.environ, "PYTHONPATH": str(target), "BALISE_DATA": str(folder / "data")}
    for command in ("migrate", "doctor"):
        done = subprocess.run([sys.executable, "-m", "app.cli", command], cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- scanned for unsafe habits ------------------------------------------------------------------------------------------------


def scanned(*places: str, root: Path = PROJECT) -> set[tuple[str, str]]:
    """(rule, file) of everything that bandit's rules find in these places of a folder, whatever the code says about not looking."""
    scan = "check --isolated --select S --ignore-noqa --output-format json --no-cache"
    done = subprocess.run([sys.executable, "-m", "ruff", *scan.split(), *places], cwd=root, capture_output=True, text=True, check=False)
    return {(found["code"], Path(found["filename"]).relative_to(root).as_posix()) for found in json.loads(done.stdout)}


@pytest.mark.promise("N-2")
def test_every_finding_of_the_scanner_is_argued(promise):
    argued = tomllib.loads(text_of("docs/scanned.toml"))
    found = scanned("app", "migrations", "dev.py", "wsgi.py")
    bare = {
        (rule, file)
        for rule, file in found
        if argued.get(rule, {}).get("files") != "*" and file not in argued.get(rule, {}).get("files", ())
    }
    every = {(rule, file) for rule, row in argued.items() if row["files"] != "*" for file in row["files"]}
    promise.figure("{bare} of {n} kinds of findings in a file not argued", bare=len(bare), n=len(found))
    assert not bare, "mend it, or argue it in docs/scanned.toml"
    assert not every - found, f"no longer needed in docs/scanned.toml: {every - found}"
    assert all(len(row["why"]) > 15 for row in argued.values())


def test_the_scanner_can_see(tmp_path):
    (tmp_path / "x.py").write_text("import subprocess\nsubprocess.run(input(), shell=True)\nexec(input())\n")
    seen = {rule for rule, _file in scanned(".", root=tmp_path)}
    assert {"S102", "S602"} <= seen
