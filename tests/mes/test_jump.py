"""The box in the header: an id opens what has it, for those who may open that, at their site."""

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Order
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import open_demo_site, signed_in_client
from tests.builders.quality import NUMBER, Bench
from tests.support.scenes import scene

pytestmark = pytest.mark.usefixtures("committed_db")


def two_sites() -> tuple[Bench, Bench]:
    """A batch here, and one with the same number at another site."""
    return scene("jump", lambda: (build.at_qc(), build.issued(open_demo_site("HH1"))))


def jumps(client: Client, text: str) -> tuple[int, str]:
    answer = client.get(reverse("jump"), {"id": text})
    return answer.status_code, answer.headers.get("Location", "")


def test_an_id_opens_what_has_it_at_this_site() -> None:
    ours, theirs = two_sites()
    with reading(site=ours.site.id):
        order = Order.objects.get(id=ours.order)
    client = signed_in_client(ours.site, "qa-reviewer")
    batch = reverse("batches:record", args=[ours.batch])
    assert jumps(client, NUMBER) == jumps(client, f" {NUMBER.lower()} ") == (302, batch)
    assert jumps(client, str(ours.batch)) == (302, batch)
    assert jumps(client, order.number) == (302, reverse("orders:order", args=[ours.order]))
    for nothing in (str(theirs.batch), "B-26-0002", "%", "x" * 500):
        assert jumps(client, nothing) == (404, "")


def test_what_one_may_not_open_is_not_found() -> None:
    ours, _theirs = two_sites()
    for role, found in (("engineering", 404), ("treatment-centre", 404), ("auditor", 302)):
        client = signed_in_client(ours.site, role)
        assert (role, jumps(client, NUMBER)[0]) == (role, found)
        assert (role, jumps(client, str(ours.batch))[0]) == (role, found)


def test_several_are_listed_and_what_was_typed_is_never_trusted() -> None:
    ours, _theirs = two_sites()
    client, sample = signed_in_client(ours.site, "qa-reviewer"), ours.sample()
    label = client.get(reverse("jump"), {"id": sample.label})
    assert [(str(one), one.url) for one in label.context["found"]][1:] == [
        (f"Sample {sample.number}", reverse("quality:sample", args=[sample.id]))
    ]
    client = signed_in_client(ours.site, "admin")
    answer = client.get(reverse("jump"), {"id": "Petr"})
    assert answer.status_code == 200
    assert [str(one) for one in answer.context["found"]] == [
        "Person Olga Petrov", "Person Petra Oster",
    ]  # fmt: skip
    evil = client.get(reverse("jump"), {"id": "<b>B-1</b>"})
    assert (evil.status_code, b"<b>B-1</b>" in evil.content) == (404, False)
    assert b"&lt;b&gt;B-1&lt;/b&gt;" in evil.content
    assert client.get(reverse("jump")).status_code == 404
    assert Client().get(reverse("jump"), {"id": NUMBER}).status_code == 302


def test_the_box_is_on_every_page_of_a_desk() -> None:
    ours, _theirs = two_sites()
    page = signed_in_client(ours.site, "auditor").get(reverse("batches:record", args=[ours.batch]))
    assert f'action="{reverse("jump")}"' in page.content.decode()
