"""A package: it comes to another site whole and signed, or it does not come at all."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from pytest_django import Settings

from mes.lib import evidence
from mes.lib.ids import uuid7
from recipes import reader, rules, selectors
from recipes.drafting.plain import normal
from recipes.enums import UseKind
from recipes.exceptions import NotCompiled, PackageBroken, PackageOfAStranger
from recipes.interchange import package as packages
from recipes.models import RecipeDraft
from recipes.services import library
from recipes.services.packages import open_package
from recipes.uses import uses_of
from records import files, signing
from records.reading import reading
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.recipes import effective, imported, submitted
from tests.mes.test_filetypes import png
from tests.recipes.texts import SIX, with_change

PLAIN = packages.Package(
    document={"recipe": "X"}, label="X v1", sent_by="MZ1 Mainz", sent_at="2026-11-27T08:00:00Z",
    mappings={}, operations={"THAW-v1": b"{}"}, pictures={"ab" * 32: b"\x89PNG"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings: Settings) -> Path:
    settings.MES_PACKAGE_KEY = tmp_path / "own" / "own.pem"
    settings.MES_DATA = tmp_path
    return tmp_path


def own() -> Any:
    from django.conf import settings

    return signing.private_key(settings.MES_PACKAGE_KEY)


def believed() -> Any:
    from django.conf import settings

    own()
    return signing.public_keys(settings.MES_PACKAGE_KEY)


def test_a_package_comes_back_as_it_was_sent_and_is_the_same_file_each_time() -> None:
    sent = packages.packed(PLAIN, own())
    assert packages.unpacked(sent, believed()) == PLAIN
    assert packages.packed(PLAIN, own()) == sent


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def manifest_with(**more: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        said = {**json.loads(files["manifest.json"]), **more}
        files["manifest.json"] = evidence.canonical(said)

    return change


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


CHANGES: dict[str, Callable[[dict[str, bytes]], None]] = {
    "another document": lambda files: files.update({"document.json": b'{"recipe":"Y"}'}),
    "another picture": lambda files: files.update({f"pictures/{'ab' * 32}": b"\x89PNh"}),
    "a picture more": lambda files: files.update({f"pictures/{'cd' * 32}": b"\x89PNG"}),
    "a picture less": without(f"pictures/{'ab' * 32}"),
    "no signature": without("signature.json"),
    "another sender": manifest_with(sent_by="Elsewhere"),
    "a path out of it": lambda files: files.update({"../../etc/passwd": b"x"}),
    "a bomb": lambda files: files.update({f"pictures/{'cd' * 32}": b"\0" * 5_000_000}),
    "no json": lambda files: files.update({"signature.json": b"["}),
}


@pytest.mark.scenario(50)
@pytest.mark.req("A11-5", "P11-30")
@pytest.mark.parametrize("name", CHANGES)
def test_what_was_altered_on_its_way_is_refused(name: str) -> None:
    with pytest.raises(PackageBroken):
        packages.unpacked(repacked(packages.packed(PLAIN, own()), CHANGES[name]), believed())


@pytest.mark.parametrize("cut", [4, 100, 500])
def test_a_package_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(PackageBroken):
        packages.unpacked(packages.packed(PLAIN, own())[:cut], believed())


def test_a_package_of_a_stranger_names_its_key(tmp_path: Path) -> None:
    stranger = signing.private_key(tmp_path / "stranger" / "own.pem")
    with pytest.raises(PackageOfAStranger) as refused:
        packages.unpacked(packages.packed(PLAIN, stranger), believed())
    assert refused.value.params == {"key": signing.key_id(stranger.public_key())}


# --- between sites -----------------------------------------------------------------------------


def sent(site: DemoSite) -> tuple[UUID, bytes]:
    version = effective(site)
    url = reverse("recipes:package_file", kwargs={"version": version})
    answer = signed_in_client(site, "process-owner").get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return version, answer.content


def the_draft(site: DemoSite) -> RecipeDraft:
    with reading(site=site.id):
        return RecipeDraft.objects.get()


def test_another_site_gets_the_same_document_and_a_list_of_what_it_lacks(
    committed_db: str,
) -> None:
    site, other = open_demo_site(), open_demo_site("OTHER")
    version, content = sent(site)
    open_package(command=a_command(other.actor("process-owner")), content=content)
    draft = the_draft(other)
    with reading(site=site.id):
        original = selectors.document(selectors.version_of(version).content_hash)
    assert draft.content == normal(original.dump())
    with reading(site=other.id):
        gaps = selectors.gaps_of(draft.id)
    lacking = {line.material for line in original.bill_of_materials}
    assert {gap.sentence.split(" ")[0] for gap in gaps} >= lacking
    assert "This site has no place in a room of the class grade-C." in {
        gap.sentence for gap in gaps if gap.path == original.stages[0].key
    }
    assert len(lacking) > 0
    # What the sender had no name for is said so, and not with an empty name.
    said = {gap.sentence.partition(" at MZ")[0] for gap in gaps if "no name" in gap.sentence}
    unnamed = lacking | {line.class_ for line in original.bill_of_equipment}
    assert said == {f"{code} is not known at this site, and had no name" for code in unnamed}


def test_on_the_page_a_package_opens_a_draft_and_a_strangers_opens_none(
    committed_db: str, tmp_path: Path
) -> None:
    site = open_demo_site()
    _, content = sent(site)
    stranger = packages.packed(PLAIN, signing.private_key(tmp_path / "stranger" / "own.pem"))
    client = signed_in_client(site, "process-owner")
    # A check alone keeps nothing: the one draft at the end is of the import.
    tried = ((stranger, "import", 422), (content, "check", 200), (content, "import", 302))
    for file, act, status in tried:
        upload = io.BytesIO(file)
        upload.name = "recipe.zip"
        posted = {"file": upload, "act": act, "key": str(uuid7())}
        assert client.post(reverse("recipes:import"), posted).status_code == status
    assert the_draft(site).code == "SIX-STEPS"


LEAK = """
contingencies:
  - key: leak
    title: {en: "A leak", de: "Ein Leck"}
    openness: closed
    staff: [{role: operator, qualification: WELDER}]
    steps:
      - key: line
        kind: connect
        how: luer
        one: {material: LINE}
        other: {container: patient-container}
        qualification: LINES
        pictures: [{sha256: %s, alt: {en: "The clamp", de: "Die Klemme"}}]
        text: {en: "Fit a new line.", de: "Neue Leitung anschließen."}
stages:
"""


def with_a_leak(picture: bytes) -> bytes:
    text = with_change(SIX, "\nstages:\n", LEAK % hashlib.sha256(picture).hexdigest())
    return with_change(
        text,
        "        openness: closed\n",
        "        openness: closed\n        contingencies: [leak]\n",
    ).encode()


def test_a_document_names_what_its_contingencies_use() -> None:
    used = set(uses_of(reader.read(with_a_leak(b""))))
    assert {row for row in used if row[0].startswith("contingencies")} == {
        ("contingencies/leak", UseKind.QUALIFICATION, "WELDER"),
        ("contingencies/leak/line", UseKind.QUALIFICATION, "LINES"),
        ("contingencies/leak/line", UseKind.MATERIAL, "LINE"),
    }


def test_the_pictures_of_a_contingency_travel_and_a_file_that_is_none_is_missing(
    committed_db: str,
) -> None:
    site, other = open_demo_site(), open_demo_site("OTHER")
    for content, missing in ((png(), 0), (b"%PDF-1.7\n%%EOF", 1)):
        kept = files.put(content, media_type="application/octet-stream")
        version = imported(site, with_a_leak(content))
        url = reverse("recipes:package_file", kwargs={"version": version})
        package = signed_in_client(site, "process-owner").get(url).content
        assert packages.unpacked(package, believed()).pictures == {kept.sha256: content}
        command = a_command(other.actor("process-owner"))
        draft = UUID(str(open_package(command=command, content=package)["draft"]))
        with reading(site=other.id):
            gaps = [one.path for one in selectors.gaps_of(draft)]
        assert gaps.count("pictures") == missing


def pinned_text(site: DemoSite) -> bytes:
    """Return the six steps with their operation taken out of the library of a site."""
    reply = library.publish_operation(
        command=a_command(site.actor("process-owner")), version=effective(site),
        path="seeding/seed", code="SEED",
    )  # fmt: skip
    with reading(site=site.id):
        pin: Any = library.pinned_item(selectors.library_operation(UUID(str(reply["operation"]))))
    pin = {**pin["pinned"], "version": f'"{pin["pinned"]["version"]}"'}
    flow = ", ".join(f"{name}: {value}" for name, value in pin.items())
    text = with_change(SIX, "openness: closed\n", f"openness: closed\n        pinned: {{{flow}}}\n")
    return with_change(text, "recipe: SIX-STEPS", "recipe: OTHER").encode()


def test_an_operation_that_a_package_brings_is_pinned_at_the_other_site_and_by_hand_it_is_not(
    committed_db: str,
) -> None:
    site, other = open_demo_site(), open_demo_site("OTHER")
    text = pinned_text(site)
    version = submitted(site, text)
    url = reverse("recipes:package_file", kwargs={"version": version})
    package = signed_in_client(site, "process-owner").get(url).content
    recipe = reader.read(text)
    client = signed_in_client(other, "process-owner")

    def looked_into() -> str:
        upload = io.BytesIO(package)
        upload.name = "recipe.zip"
        posted = {"file": upload, "act": "check", "key": str(uuid7())}
        return client.post(reverse("recipes:import"), posted).text

    unknown = "The library has no operation SEED"
    with reading(site=other.id), pytest.raises(NotCompiled, match=unknown):
        rules.check_compiles(recipe)
    assert unknown not in looked_into()
    command = a_command(other.actor("process-owner"))
    reply = open_package(command=command, content=package)
    page = client.get(reverse("recipes:draft", kwargs={"draft": reply["draft"]})).text
    assert ("SEED v1 is of the library of" in page, unknown in page) == (True, False)
    with reading(site=other.id):
        rules.check_compiles(recipe)


def test_what_a_package_brings_is_kept_as_it_is_pinned(committed_db: str) -> None:
    other = open_demo_site("OTHER")
    recipe = reader.read(SIX)
    operation = recipe.operation("seeding/seed")
    assert operation is not None
    data = operation.reusable()
    package = packages.Package(
        document=recipe.dump(), label="SIX v1", sent_by="MZ1 Mainz",
        sent_at="2026-11-27T08:00:00Z", mappings={}, pictures={},
        operations={"SEED-v1": evidence.canonical(data)},
    )  # fmt: skip
    command = a_command(other.actor("process-owner"))
    open_package(command=command, content=packages.packed(package, own()))
    with reading(site=other.id):
        assert selectors.plain_document(evidence.content_hash(data)) == data


def test_a_code_of_the_own_library_means_the_own_operation(committed_db: str) -> None:
    site, other = open_demo_site(), open_demo_site("OTHER")
    text = pinned_text(site)
    url = reverse("recipes:package_file", kwargs={"version": submitted(site, text)})
    package = signed_in_client(site, "process-owner").get(url).content
    open_package(command=a_command(other.actor("process-owner")), content=package)
    own = with_change(SIX, "recipe: SIX-STEPS", "recipe: OWN").replace("count: 2", "count: 3")
    own = with_change(own, 'tolerance: "5"', 'tolerance: "4"')
    library.publish_operation(
        command=a_command(other.actor("process-owner")), version=effective(other, own.encode()),
        path="seeding/seed", code="SEED",
    )  # fmt: skip
    with reading(site=other.id), pytest.raises(NotCompiled, match="is another operation"):
        rules.check_compiles(reader.read(text))
