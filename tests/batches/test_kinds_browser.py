"""The pages of the newer kinds in a real browser: whole on a tablet, and axe on each of them."""

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page

from recipes.reader import read
from recipes.services import drafts
from records import files
from tests.batches.test_screens_browser import check
from tests.builders.accounts import a_command, open_demo_site
from tests.builders.kinds import FOLDER
from tests.builders.recipes import imported
from tests.mes.test_filetypes import png
from tests.recipes.test_in_browser import a_person, sign_in

SHOWN = {
    "machines.yaml": ("spiked", "begun", "weight", "carbon", "photo", "way", "ended"),
    "containers.yaml": ("split", "sample", "pool", "stored", "discarded"),
}


@pytest.mark.usefixtures("committed_db")
def test_every_newer_kind_is_whole_on_a_tablet(served: str, page: Page) -> None:
    site = open_demo_site()
    files.put(png(), media_type="image/png")
    page.set_viewport_size({"width": 1180, "height": 820})
    sign_in(page, served, a_person(site, "process-owner"))
    for name, keys in SHOWN.items():
        text = (FOLDER / name).read_bytes()
        command = a_command(site.actor("process-owner"))
        version = imported(site, text)
        draft = UUID(str(drafts.open_draft(command=command, version=version)["draft"]))
        paths = {p.step.key: p for p in read(text).steps()}
        for key in keys:
            one = paths[key]
            names = (one.stage.key, one.operation.key, key)
            at = "/".join(f"{of}/{it}" for of, it in zip(PARTS, names, strict=True))
            page.goto(f"{served}/batches/preview/{draft}/?at={at}")
            _keep(page, key)
            assert page.locator("h1").inner_text() == one.step.text.say("en")
            check(page)


PARTS = ("stages", "operations", "steps")


def _keep(page: Page, key: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    folder = os.environ.get("MES_TEST_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{key}.png"))
