"""Pictures of instructions: kept by what they hold, named by the draft, shown by its preview."""

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mes.lib.ids import uuid7
from recipes import selectors
from recipes.drafting.changes import Plain, at
from recipes.services import drafts
from records.reading import reading
from tests.builders.accounts import a_command, open_demo_site, signed_in_client
from tests.builders.recipes import imported
from tests.mes.test_filetypes import ZIP, png

STEP = ("stages", "seeding", "operations", "seed", "steps", "identity")


def send(client: Client, draft: UUID, content: bytes, *, step: str = "/".join(STEP)) -> int:
    upload = SimpleUploadedFile("bag.png", content)
    form = {"key": str(uuid7()), "at": step, "alt": "Where the codes are", "picture": upload}
    return client.post(reverse("recipes:add_picture", args=[draft]), form).status_code


@pytest.mark.usefixtures("committed_db")
@pytest.mark.scenario(50)
def test_a_picture_is_kept_and_named_at_its_step() -> None:
    site = open_demo_site()
    version = imported(site)
    command = a_command(site.actor("process-owner"))
    draft = UUID(str(drafts.open_draft(command=command, version=version)["draft"]))
    client = signed_in_client(site, "process-owner")
    before = _pictures(site.id, draft)
    # A file that goes on behind its end is no picture; nor has a stage a picture.
    assert send(client, draft, png() + ZIP) == 302
    assert _pictures(site.id, draft) == before is None
    assert send(client, draft, png(), step="stages/seeding") == 404
    assert [send(client, draft, png(2, n)) for n in (1, 2)] == [302, 302]
    named = _pictures(site.id, draft)
    assert isinstance(named, list)
    words = [one["alt"] for one in named if isinstance(one, dict)]
    assert words == [{"en": "Where the codes are", "de": "Where the codes are"}] * 2
    page = client.get(reverse("batches:preview", args=[draft]), {"at": "/".join(STEP)})
    urls = [
        reverse("batches:preview_picture", args=[draft, one["sha256"]])
        for one in named
        if isinstance(one, dict)
    ]
    assert [url in page.content.decode() for url in urls] == [True, True]
    assert [client.get(url)["Content-Type"] for url in urls] == ["image/png"] * 2
    nobodys = reverse("batches:preview_picture", args=[draft, "ab" * 32])
    assert client.get(nobodys).status_code == 404


def _pictures(site: UUID, draft: UUID) -> Plain:
    with reading(site=site):
        step = at(selectors.draft_of(draft).content, STEP)
    return step.get("pictures") if isinstance(step, dict) else None
