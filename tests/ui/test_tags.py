import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from batches.pages.clocks import Clock
from mes.lib import clock
from mes.lib.refusals import Interlock, Refusal
from mes.ui import icons, nav
from tests.ui.pages import LIMITS, NOW


class CabinetTaken(Refusal):
    code = "test.cabinet_taken"
    sentence = "Cabinet %(cabinet)s is taken."
    way_out = "Take cabinet %(other)s."
    interlock = Interlock.ABSOLUTE


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.simulating(NOW), timezone.override("Europe/Berlin"):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_coi_is_grouped_and_its_check_character_boxed() -> None:
    assert render("{% coi 'CHA999926000037' %}") == (
        '<span class="coi" data-copy="CHA999926000037"><span class="coi-group">CHA9999</span> '
        '<span class="coi-group">26</span> <span class="coi-serial">000037</span> '
        '<span class="coi-check">C</span></span>'
    )


def test_coi_marks_what_differs() -> None:
    html = render("{% coi 'CHA999926000037' 'CHA999926000073' %}")
    assert re.findall('<span class="differs">(.)</span>', html) == ["3", "7"]


def test_coi_of_something_else_is_shown_as_it_is_and_escaped() -> None:
    assert render("{% coi code %}", code="<b>") == (
        '<span class="coi id" data-copy="&lt;b&gt;">&lt;b&gt;</span>'
    )


def test_patient_mark_of_nothing_is_nothing() -> None:
    assert render("{% patient_mark '' %}") == ""


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_is_drawn(name: str) -> None:
    html = render("{% icon name %}", name=name)
    assert re.fullmatch(
        r'<svg class="icon [^"]*" viewBox="0 0 24 24" aria-hidden="true">.+</svg>', html
    )


def test_icon_with_label_speaks() -> None:
    html = render("{% icon 'warning' label %}", label="Late <b>")
    assert html.count('role="img" aria-label="Late &lt;b&gt;"') == 1


def test_unknown_icon_fails_loudly() -> None:
    with pytest.raises(icons.NoSuchIcon):
        render("{% icon 'unicorn' %}")


def test_command_key_is_new_each_time() -> None:
    first, second = (render("{% command_key %}") for _ in range(2))
    keys = [UUID(re.findall('name="key" value="([^"]+)"', html)[0]) for html in (first, second)]
    assert [key.version for key in keys] == [7, 7]
    assert keys[0] != keys[1]


def test_times() -> None:
    stamp = '<time datetime="2026-11-17T12:45:00+00:00">'
    assert render("{{ at|when }}", at=NOW) == f"{stamp}17 Nov 2026, 13:45 CET</time>"
    assert render("{{ at|time_of_day }}", at=NOW) == f"{stamp}13:45</time>"
    assert render("{{ at|day }}", at=NOW) == f"{stamp}17 Nov 2026</time>"
    assert render("{{ at|when }}{% when at %}{{ at|when_short }}", at=None) == "–––"


def test_when_short_keeps_the_full_time_one_focus_away() -> None:
    html = render("{{ at|when_short }}", at=NOW)
    assert words(html) == "17 Nov 13:45"
    assert html.count('title="17 Nov 2026, 13:45 CET"') == 1


@pytest.mark.parametrize(
    ("minutes", "state", "said"),
    [(47, "", "47 min left"), (9, "is-soon", "9 min left"), (-14, "is-missed", "missed by 14 min")],
)
def test_safe_until(minutes: int, state: str, said: str) -> None:
    until = NOW + timedelta(minutes=minutes)
    html = render("{% safe_until until %}", until=until)
    assert re.findall(r'class="t-head-cell safe ([^"]*)"', html) == [state]
    assert words(html).endswith(f"{timezone.localtime(until):%H:%M} {said}")


def test_the_clock_of_a_container_says_which_and_what_ends_then() -> None:
    then = Clock(NOW - timedelta(hours=1), NOW + timedelta(minutes=9), of="I01 +2")
    source = "{% safe_until until since url of then %}"
    until = NOW - timedelta(minutes=3)
    html = render(source, until=until, since=None, url="/call/", of="C01", then=then)
    at = [f"{timezone.localtime(one):%H:%M}" for one in (until, then.until)]
    assert words(html) == (
        f"Safe until · C01 {at[0]} missed by 3 min I01 +2 {at[1]} 9 min left What to do now"
    )
    assert re.findall('data-safe data-until="([^"]+)"', html) == [
        until.isoformat(), then.until.isoformat()
    ]  # fmt: skip
    assert re.findall('class="safe-then ([^"]*)"', html) == ["is-soon"]


def test_quantity() -> None:
    assert render('{{ "180"|quantity:"mL" }}{{ none|quantity:"mL" }}', none=None) == "180\u00a0mL–"


def test_refusal_says_what_was_not_done_and_what_to_do() -> None:
    refused = CabinetTaken(cabinet="C-1", other="C-2")
    html = render("{% refusal refused 'Nothing was moved.' %}", refused=refused)
    assert words(html) == (
        "Cabinet C-1 is taken. Nothing was moved. Take cabinet C-2. test.cabinet_taken"
    )
    assert re.findall('data-refusal="([^"]+)"', html) == ["test.cabinet_taken"]
    assert html.count("icon-stop") == 1


def test_refusal_of_nothing_is_nothing() -> None:
    assert words(render("{% refusal refused %}", refused=None)) == ""


class Weight(forms.Form):
    weight = forms.DecimalField(help_text="Of the patient.", required=True)
    urgent = forms.BooleanField(required=False)


def test_field_has_label_unit_help_and_error() -> None:
    html = render('{% field form.weight "kg" "20 to 200 kg" %}', form=Weight({"weight": "x"}))
    assert words(html) == "Weight kg 20 to 200 kg Of the patient. Enter a number."
    assert html.count('id="id_weight_error"') == 1
    assert html.count('value="x"') == 1


def test_checkbox_stands_in_its_label() -> None:
    html = render("{% field form.urgent %}", form=Weight())
    assert html.count('<label class="check"><input type="checkbox"') == 1


@pytest.mark.parametrize(("value", "hits"), [("1.14", 1), ("1.00", 2), ("", 0), ("n/a", 0)])
def test_limit_scale_colours_only_the_zone_that_was_hit(value: str, hits: int) -> None:
    html = render("{% limit_scale limits value 'mL' %}", limits=LIMITS, value=value)
    # The target lies on the border of the two inner zones.
    assert html.count("is-hit") == hits
    assert (
        html.count('aria-label="action 0.80, alert 0.90, target 1.00, alert 1.10, action 1.20 mL"')
        == 1
    )


@pytest.mark.parametrize(
    ("position", "total", "states"),
    [
        (1, 3, "now later later"),
        (3, 3, "done done now"),
        (40, 64, "done " * 7 + "now" + " later" * 4),
    ],
)
def test_ticks(position: int, total: int, states: str) -> None:
    html = render("{% ticks position total %}", position=position, total=total)
    assert " ".join(re.findall('rect class="([a-z]+)"', html)) == states


def test_share_of_a_range() -> None:
    day = timedelta(days=1)
    shown = render("{% share at start end %}", at=NOW + day, start=NOW, end=NOW + 4 * day)
    assert shown == "25.00"


@pytest.mark.parametrize(
    ("allowed", "section", "expected"),
    [
        (
            ["quality", "orders"],
            "quality",
            [("orders", "/vein-to-vein/", False), ("quality", "/quality/", True)],
        ),
        (["nonsense"], "", []),
        (None, "", []),
    ],
)
def test_nav_shows_what_is_allowed_in_the_order_of_the_work(
    allowed: list[str] | None, section: str, expected: list[tuple[str, str, bool]]
) -> None:
    html = render(
        "{% nav_items as items %}{% for i in items %}"
        "{{ i.key }}={{ i.url }}={{ i.current }} {% endfor %}",
        nav=allowed,
        section=section,
    )
    assert html.split() == [f"{key}={url}={current}" for key, url, current in expected]


def test_relative_stands_beside_an_absolute_time() -> None:
    at: datetime = NOW + timedelta(minutes=20)
    assert words(render("{% relative at %}{% left at %}", at=at)) == "in 20 min 20 min left"


def test_item_and_joined() -> None:
    assert render("{{ d|item:'a' }}{{ n|item:'a' }}", d={"a": 1}, n=None) == "1None"
    assert render("{{ parts|joined }}", parts=["a", "", None, "b"]) == "a · b"


@pytest.mark.parametrize(
    ("path", "present"),
    [("/system/", ["system"]), ("/letters/", ["system"]), ("/incidents/", ["system"]),
     ("/documents/of/README.md", ["system"]), ("/people/", ["people"]), ("/jump/", [])],
)  # fmt: skip
def test_pages_of_the_system_stand_in_its_section(path: str, present: list[str]) -> None:
    found = nav.items({"people", "system"}, section="", path=path)
    assert [item.key for item in found if item.current] == present
