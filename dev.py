#!/usr/bin/env python3
"""The two commands of this project, with nothing needed but Python 3.11 or newer.

    python3 dev.py run      serve the site with a demo school; on this machine only, pages follow the files (BALISE_DEBUG=0: not)
    python3 dev.py test     run all tests, those in a real browser too (installs what they need; BALISE_BROWSER=0 leaves the browser out)

`make run` and `make test` call this. And browser, check, bench, drill, seed, trust, sbom, audit, lock, `do` with any `balise` command.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
ENV = {**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def say(text: str) -> None:
    print(f"balise: {text}", file=sys.stderr, flush=True)


def stop(text: str) -> None:
    say(text)
    sys.exit(2)


def environment(lock: str) -> None:
    """Make .venv, or bring it in step with the lock file and this Python."""
    stamp_file = VENV / "balise-stamp"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    wanted = f"{version} {lock} {hashlib.sha256((HERE / lock).read_bytes()).hexdigest()}"
    have = stamp_file.read_text("utf-8") if stamp_file.exists() else ""
    if have == wanted or (lock == "requirements.lock" and have.startswith(f"{version} requirements-dev.lock") and dev_is_fresh(have)):
        return
    if have and not have.startswith(version + " "):
        shutil.rmtree(VENV)
    if not PYTHON.exists():
        try:
            import ensurepip  # noqa: F401
            import venv
        except ImportError:
            stop(f"this Python has no venv. On Debian and Ubuntu: sudo apt install python{version}-venv, then try again.")
        say("making .venv ...")
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    say(f"installing what {lock} names (the first time takes about a minute) ...")
    uv = shutil.which("uv")
    command = (
        [uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(PYTHON)] if uv else [str(PYTHON), "-m", "pip", "install", "-q"]
    )
    if subprocess.run([*command, "--require-hashes", "-r", str(HERE / lock)], env=ENV, check=False).returncode:
        stop("some packages could not be installed; see above. Is there a network? Then try again.")
    stamp_file.write_text(wanted, "utf-8")


def dev_is_fresh(have: str) -> bool:
    return have.rsplit(" ", 1)[-1] == hashlib.sha256((HERE / "requirements-dev.lock").read_bytes()).hexdigest()


NO_CHROMIUM = (
    "the browser tests need Chromium, and none could be installed. Install Chromium or Google Chrome, or say where it is: "
    "BALISE_CHROMIUM=/path/to/chrome python3 dev.py test"
)
# The shell is the same Chromium without windows: half the time for each page.
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)


def chromium() -> str:
    """Where a Chromium is for the browser tests: one that is here, or installed now; "" where none can be had."""
    if given := os.environ.get("BALISE_CHROMIUM", ""):
        return given if Path(given).exists() else ""
    return chromium_here() or chromium_of_the_system() or chromium_of_playwright()


def chromium_here() -> str:
    return next((p for name in ON_PATH if (p := shutil.which(name)) and starts(p)), "") or next(
        (p for p in ELSEWHERE if Path(p).exists()), ""
    )


def starts(program: str) -> bool:
    """Ubuntu's chromium-browser is a file that only says where to get one."""
    try:
        return os.name == "nt" or subprocess.run([program, "--version"], check=False, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def chromium_of_the_system() -> str:
    """Debian's own package."""
    if not shutil.which("apt-get") or (os.geteuid() and not shutil.which("sudo")):
        return ""
    apt = [*(["sudo", "-n"] if os.geteuid() else []), "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "env": {**ENV, "DEBIAN_FRONTEND": "noninteractive"}, "text": True}
    say("installing Chromium for the browser tests (apt-get; about a minute) ...")
    subprocess.run([*apt, "update"], check=False, **quiet)
    for package in ("chromium-headless-shell", "chromium"):
        done = subprocess.run([*apt, "install", "--no-install-recommends", package], check=False, **quiet)
        if done.returncode == 0 and (place := shutil.which(package)):
            return place
    say(f"apt-get could not: {done.stdout.strip().splitlines()[-1:]}")
    return ""


def chromium_of_playwright() -> str:
    say("looking for a Chromium that Playwright can bring ...")
    subprocess.run([str(PYTHON), "-m", "playwright", "install", "chromium"], env=ENV, check=False)
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    place = subprocess.run([str(PYTHON), "-c", code], env=ENV, check=False, capture_output=True, text=True).stdout.strip()
    return place if place and Path(place).exists() else ""


def test(chosen: list[str]) -> int:
    """All tests, or those named. Where no Chromium can be had, all the others run, and the result says that these did not."""
    environment("requirements-dev.lock")
    named = [one.replace("\\", "/").rstrip("/") for one in chosen if one.startswith("tests")]
    if named and not any(one == "tests" or one.startswith("tests/browser") for one in named):
        return python("-m", "pytest", *chosen)
    if os.environ.get("BALISE_BROWSER") == "0":
        say("the browser tests are left out, because BALISE_BROWSER=0 says so.")
    elif place := chromium():
        return python("-m", "pytest", *(chosen or ["tests"]), BALISE_CHROMIUM=place)
    else:
        say(NO_CHROMIUM)
    result = python("-m", "pytest", *(chosen or ["tests"]), "--ignore=tests/browser", stay="1")
    if os.environ.get("BALISE_BROWSER") == "0":
        return result
    say(f"the tests in a browser did NOT run: {NO_CHROMIUM}")
    return result or 1


def chromium_or_stop() -> str:
    if not (place := chromium()):
        stop(NO_CHROMIUM)
    return place


def python(*arguments: str, **more: str) -> int:
    if os.name == "posix" and not more.pop("stay", ""):
        os.chdir(HERE)
        os.execve(str(PYTHON), [str(PYTHON), *arguments], {**ENV, **more})
    return subprocess.run([str(PYTHON), *arguments], cwd=HERE, env={**ENV, **more}, check=False).returncode


CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("importlinter.cli",),
)


def check() -> int:
    """Format, lint, types, import order, lessons."""
    environment("requirements-dev.lock")
    failed = []
    for module, *arguments in CHECKS:
        say(f"{module} {' '.join(arguments)}")
        command = (
            ["-c", "from importlinter.cli import lint_imports_command as c; c()"]
            if module == "importlinter.cli"
            else ["-m", module, *arguments]
        )
        if python(*command, stay="1"):
            failed.append(module)
    say("lessons")
    if python("-m", "app.cli", "check", stay="1"):
        failed.append("lessons")
    if failed:
        say(f"not in order: {', '.join(failed)}")
    return 1 if failed else 0


def translations() -> int:
    """Gather the interface's words, and bring the three catalogues in step with them."""
    environment("requirements-dev.lock")
    babel = ["-c", "from babel.messages.frontend import main; main()"]
    folder, pot = "translations", "translations/messages.pot"
    extract = [
        "extract",
        "-F",
        f"{folder}/babel.cfg",
        "-k",
        "_",
        "-k",
        "_l",
        "-c",
        "NOTE:",
        "--sort-by-file",
        "--no-location",
        "--project",
        "Balise",
        "--version",
        "1",
        "--copyright-holder",
        "Balise",
    ]
    if python(*babel, *extract, "-o", pot, ".", stay="1"):
        return 1
    for code in ("en", "fr", "ko"):
        verb = "update" if (HERE / folder / code / "LC_MESSAGES" / "messages.po").exists() else "init"
        more = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"] if verb == "update" else []
        if python(*babel, verb, "-i", pot, "-d", folder, "-l", code, *more, stay="1"):
            return 1
    return 0


def drill(chosen: list[str]) -> int:
    """The long safety tests, and in the end what they counted."""
    ENV.setdefault("BALISE_DRILL", "40")
    counts = HERE / ".pytest_cache" / "drill.json"
    counts.unlink(missing_ok=True)
    ENV["BALISE_COUNTS"] = str(counts)
    result = python("-m", "pytest", *(chosen or ["tests/trust", "-n", "0"]), stay="1")
    say("what was counted:")
    python("tests/trust/writing.py", "counts", stay="1")
    return result


def tools(*names: str) -> Path:
    """The Python of an environment beside .venv, with tools in it that the site and its tests do without."""
    import venv

    look = HERE / ".venv-look"
    own = look / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not own.exists():
        say("making .venv-look ...")
        venv.create(look, with_pip=True)
    if subprocess.run([str(own), "-m", "pip", "install", "-q", "--upgrade", *names], env=ENV, check=False).returncode:
        stop(f"{' and '.join(names)} could not be installed; see above. Is there a network?")
    return own


def lock(packages: list[str]) -> int:
    """Write both lock files from pyproject.toml; versions stay as they are, but for the packages named (or all of them: --all)."""
    newer = ["--upgrade"] if "--all" in packages else [f"--upgrade-package={one}" for one in packages]
    command = [str(tools("uv")), "-m", "uv", "pip", "compile", "-q", "--universal", "--python-version=3.11", "--generate-hashes"]
    for name, extras in (("requirements.lock", ["postgres"]), ("requirements-dev.lock", ["postgres", "dev"])):
        more = ["--no-header", "--no-annotate", *(f"--extra={extra}" for extra in extras), *newer, "-o", name, "pyproject.toml"]
        if subprocess.run([*command, *more], cwd=HERE, env=ENV, check=False).returncode:
            return 1
    return 0


def audit() -> int:
    """Known holes in the packages, and unsafe habits in the code: with scanners that live in an environment of their own."""
    own = tools("bandit", "pip-audit")
    say("bandit (what it finds is argued in docs/scanned.toml and docs/security-review.md)")
    scanner = [str(own), "-m", "bandit", "-q", "-f", "custom", "--msg-template", "{relpath}:{line} {test_id} {severity}", "-r"]
    subprocess.run([*scanner, "app", "migrations", "dev.py", "setup.py", "wsgi.py"], cwd=HERE, check=False)
    say("pip-audit")
    look_up = [str(own), "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes", "-r", "requirements.lock"]
    known = subprocess.run(look_up, cwd=HERE, check=False)
    if known.returncode:
        say("known holes, or no list of them could be asked: see above. Write what was found into docs/security-review.md.")
    return known.returncode


def development() -> dict[str, str]:
    """What a run gets besides the environment: BALISE_DEBUG=1, unless it is set or something says that others reach this site."""
    public = any(ENV.get(name, "") not in ("", "0") for name in ("BALISE_HTTPS", "BALISE_PROXIES", "BALISE_URL"))
    here = ENV.get("HOST", "") in ("", "127.0.0.1", "::1", "localhost")
    return {} if public or not here or "BALISE_DEBUG" in ENV else {"BALISE_DEBUG": "1"}


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is what tells a newcomer so)
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    command, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("help", [])
    if command == "run":
        environment("requirements.lock")
        return python("-m", "app.cli", "run", *rest, **development())
    if command == "test":
        return test(rest)
    if command == "drill":
        environment("requirements-dev.lock")
        return drill(rest)
    if command == "browser":
        environment("requirements-dev.lock")
        ENV.setdefault("BALISE_WALK", "whole")
        return python("-m", "pytest", *(rest or ["tests/browser"]), BALISE_CHROMIUM=chromium_or_stop())
    if command == "check":
        return check()
    if command == "fonts":
        environment("requirements-dev.lock")
        return python("-m", "app.core.fonts", *rest)
    if command == "trust":
        environment("requirements-dev.lock")
        return python("tests/trust/writing.py")
    if command == "sbom":
        environment("requirements.lock")
        return python("-m", "app.core.parts")
    if command == "audit":
        return audit()
    if command == "lock":
        return lock(rest)
    if command == "translations":
        return translations()
    if command == "bench":
        environment("requirements-dev.lock")
        browser = {} if rest == ["growth"] else {"BALISE_CHROMIUM": chromium_or_stop()}
        return python("-m", "bench", *rest, **browser)
    if command in ("seed", "do"):
        environment("requirements.lock")
        return python("-m", "app.cli", *(["seed"] if command == "seed" else []), *rest)
    print(__doc__)
    return 0 if command == "help" else 2


if __name__ == "__main__":
    sys.exit(main())
