"""The bill of materials of the software (SBOM, CycloneDX 1.6), from what is pinned. Pure.

Every package and every hash that an installation may use is in the locked requirements: nothing
is looked up, so the same lock always gives the same bill.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Component:
    """A pinned package: where its kind of name is from, and the hashes that it may have."""

    ecosystem: str
    name: str
    version: str
    algorithm: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its address as a package (package URL)."""
        return f"pkg:{self.ecosystem}/{self.name.replace('@', '%40')}@{self.version}"

    def fields(self) -> dict[str, Any]:
        """Return it as CycloneDX has it."""
        hashes = [{"alg": self.algorithm, "content": one} for one in self.hashes]
        return {
            "type": "library", "bom-ref": self.purl, "name": self.name, "version": self.version,
            "purl": self.purl, "hashes": hashes,
        }  # fmt: skip


def of_requirements(text: str) -> Iterator[Component]:
    """Yield the packages of a locked requirements file. Raises ValueError for one without hash."""
    joined = text.replace("\\\n", " ")
    for line in joined.splitlines():
        found = PINNED.match(line)
        if found is None:
            continue
        hashes = tuple(HASH.findall(line))
        if not hashes:
            raise ValueError(f"{found[1]} is pinned without a hash.")
        name = re.sub(r"[-_.]+", "-", found[1]).lower()
        yield Component("pypi", name, found[2], "SHA-256", hashes)


def of_package_lock(text: str) -> Iterator[Component]:
    """Yield the packages of npm's lock: the fonts."""
    for path, said in json.loads(text)["packages"].items():
        if path:
            digest = base64.b64decode(said["integrity"].removeprefix("sha512-")).hex()
            name = path.removeprefix("node_modules/")
            yield Component("npm", name, said["version"], "SHA-512", (digest,))


def bill(name: str, components: list[Component]) -> dict[str, Any]:
    """Return the bill of a product."""
    ordered = sorted(components, key=lambda one: one.purl)
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": name, "name": name}},
        "components": [one.fields() for one in ordered],
    }  # fmt: skip
