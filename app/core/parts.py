"""The list of everything the site is made of, as CycloneDX JSON, from the hashed lock: `python3 dev.py sbom`.

The same lock gives the same bytes: no date, no random number, nothing of the machine it is made on."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
import uuid
from typing import Any

from app.config import PROJECT

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?: ; ([^\\]+?))?(?: \\)?$")
HASH = re.compile(r"^    --hash=sha256:([0-9a-f]{64})(?: \\)?$")
NAMESPACE = uuid.UUID("5e0c9f0e-7f0a-4d0b-9a51-0d6a1d1f8c3b")  # of this list, for a serial number that hangs on its content alone


class BrokenLock(ValueError):
    """A line of the lock that is neither a pinned package nor a hash of one."""


def pinned(lock: str) -> list[dict[str, Any]]:
    """Every package of a lock with its version, hashes and the condition under which it is installed.

    Raises BrokenLock for anything that is not pinned by hash."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(lock.splitlines(), 1):
        if not line or line.startswith(("#", "    #")):
            continue
        if pin := PIN.match(line):
            found.append({"name": pin[1], "version": pin[2], "condition": pin[3] or "", "hashes": []})
        elif (digest := HASH.match(line)) and found:
            found[-1]["hashes"].append(digest[1])
        else:
            raise BrokenLock(f"line {number}: {line!r}")
    if bare := [part["name"] for part in found if not part["hashes"]]:
        raise BrokenLock(f"without a hash: {', '.join(bare)}")
    return found


def parts_list(lock: str, version: str) -> dict[str, Any]:
    """The lock as a CycloneDX 1.5 document."""
    itself = {"type": "application", "bom-ref": "balise", "name": "balise", "version": version, "licenses": [{"license": {"id": "MIT"}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, hashlib.sha256((version + lock).encode()).hexdigest())}",
        "version": 1,
        "metadata": {"component": itself},
        "components": [component(part) for part in pinned(lock)],
    }


def component(part: dict[str, Any]) -> dict[str, Any]:
    address = f"pkg:pypi/{part['name']}@{part['version']}"
    found = {
        "type": "library", "bom-ref": address, "name": part["name"], "version": part["version"], "purl": address,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in part["hashes"]],  # one for each file it may be installed from
    }  # fmt: skip
    if part["condition"]:
        found["properties"] = [{"name": "balise:installed-when", "value": part["condition"]}]
    return found


def main() -> int:
    lock = (PROJECT / "requirements.lock").read_text("utf-8")
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    json.dump(parts_list(lock, version), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
