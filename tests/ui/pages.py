"""Pages made of the components, with invented data, for tests of templates and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.template import engines

NOW = datetime(2026, 11, 17, 12, 45, tzinfo=UTC)
HEAD: Mapping[str, Any] = {
    "mark": "circle-filled-KM",
    "coi": "CHA999926000037",
    "product": "CART19-PRODIGY",
    "batch": "B-26-0037",
    "place": "Hall 2, P3",
    "operation": "Operation 2 · Load",
    "step": 11,
    "steps": 64,
    "tick": 3,
    "ticks": 8,
    "safe_until": NOW + timedelta(minutes=47),
    "safe_from": NOW - timedelta(minutes=45),
    "safe_url": "/missed/",
    "people": [
        {"letter": "A", "name": "K. Adeyemi", "does": "performs"},
        {"letter": "B", "name": "L. Brandt", "does": "records", "here": True},
    ],
}
FOOT: Mapping[str, Any] = {"back_url": "/b/", "happened_url": "/h/", "call_url": "/c/"}
LIMITS: Mapping[str, str] = {
    "action_low": "0.80",
    "alert_low": "0.90",
    "target": "1.00",
    "alert_high": "1.10",
    "action_high": "1.20",
}
ROWS = [
    {
        "number": 1,
        "label": "Chain of identity",
        "hint": "square code",
        "name": "coi",
        "accepts": "&/",
    },
    {"number": 2, "label": "Donation number", "hint": "bar code", "name": "din", "accepts": "="},
]

SCAN = """{% extends "tablet.html" %}{% load ui %}{% block main %}
<form method="post" id="step" class="t-fill" data-scan="{{ scan_kind }}">{% command_key %}
<div class="t-lead"><h1 class="t-h1">Scan the collection bag.</h1></div>
<ol class="idrows">{% for row in rows %}
{% include "components/identifier_row.html" %}{% endfor %}</ol>
{% include "components/scan_strip.html" %}</form>{% endblock %}"""
VALUE = """{% extends "tablet.html" %}{% load ui %}{% block main %}
<form method="post" id="step" class="t-cols-pad">{% command_key %}
<div class="t-stack t-stack-tight">
<h1 class="t-h1-pad">Enter viable cells.</h1>{% include "components/value_entry.html" %}
{% include "components/reasons.html" %}</div>
{% include "components/pad.html" with for="id_value" %}</form>{% endblock %}"""
STOP = """{% extends "tablet.html" %}{% block page %}
{% include "components/refusal_absolute.html" %}{% endblock %}"""
REFUSED = """{% extends "tablet.html" %}{% block middle %}
{% include "components/refusal_conditional.html" %}{% endblock %}"""
SIGN = """{% extends "tablet.html" %}{% block middle %}{% include "components/sign_sheet.html" %}
{% endblock %}{% block foot_wrap %}{% endblock %}"""
HOME = """{% extends "tablet.html" %}{% block head %}{% include "components/home_header.html" %}
{% endblock %}{% block main_class %}home{% endblock %}{% block main %}<div class="home-wide">
{% include "components/home_scan.html" %}</div><section><h2>Due now</h2>
{% include "components/due_card.html" %}</section><section><h2>Next</h2><ul class="t-list">
{% for row in tasks %}<li>{% include "components/task_row.html" %}</li>{% endfor %}</ul></section>
{% endblock %}{% block foot_wrap %}<footer class="t-foot-home">
{% include "components/home_footer.html" %}</footer>{% endblock %}"""
DESK = """{% extends "base.html" %}{% load ui static %}
{% block css %}<link rel="stylesheet" href="{% static 'css/board.css' %}">{% endblock %}
{% block js %}<script type="module" src="{% static 'js/board.js' %}"></script>{% endblock %}
{% block strip %}{% include "components/strip.html" %}{% endblock %}
{% block main %}{% include "components/data_table.html" %}
<table class="table"><caption>Exceptions</caption><tbody>{% for row in exceptions %}
{% include "components/exception_row.html" %}{% endfor %}</tbody></table>
{% include "components/board.html" %}{% include "components/timeline.html" %}
{% include "components/choices.html" %}{% refusal refused "Nothing was booked." %}
{% include "components/empty.html" with why="No lot yet." act="Receive a lot" act_url="/x/" %}
{% endblock %}{% block bar %}{% include "components/gates_bar.html" %}{% endblock %}"""


def _tablet() -> dict[str, Any]:
    return {"head": HEAD, "foot": {**FOOT, "primary": {"waiting": "Waiting for 2 scans"}}}


def _scan() -> dict[str, Any]:
    return {**_tablet(), "rows": ROWS, "scan": {"note": "SC-07"}, "idle_seconds": 3600}


def _value() -> dict[str, Any]:
    primary = {"label": "Save", "with_reason": "Save with reason", "until_value": "Waiting"}
    entry = {
        "name": "value",
        "label": "Viable cells",
        "unit": "10*8.{cells}",
        "note": "two decimals",
        "decimals": 2,
        "limits": LIMITS,
    }
    reasons = [{"value": "repeated", "label": "Count repeated"}]
    return {
        "head": HEAD,
        "foot": {**FOOT, "primary": primary},
        "entry": entry,
        "reasons": reasons,
    }


def _stop() -> dict[str, Any]:
    ours = {"label": "This batch", "mark": "circle-filled-KM", "coi": "CHA999926000037"}
    other = {
        "label": "Scanned",
        "mark": "house-outlined-TR",
        "coi": "CHA999926000073",
        "note": "P5",
    }
    steps = [{"text": "Do not open it."}, {"text": "Scan", "mark": "circle-filled-KM"}]
    stop = {
        "title": "Stop. Another patient’s container.",
        "sentence": "Nothing was done on this batch.",
        "code": "container.other_patient",
        "ours": ours,
        "other": other,
        "safe_until": HEAD["safe_until"],
        "steps": steps,
        "recorded": "Recorded for both batches.",
    }
    act = {
        "url": "/again/",
        "label": "Bag set aside: scan again",
        "note": "the scanner stays armed",
    }
    return {"stop": stop, "foot": {"happened_url": "/h/", "call_url": "/c/", "primary": act}}


def _refused() -> dict[str, Any]:
    fact = {"label": "Lot", "value": "5260304417", "mono": True}
    ways = [{"title": "Use another lot", "text": "One is in reach.", "facts": [fact]}]
    refused = {
        "title": "Refused: this lot has expired.",
        "sentence": "Nothing was added.",
        "code": "lot.expired",
        "facts": [fact],
        "ways": ways,
    }
    second = {"label": "Ask QA", "icon": "hand", "name": "ask", "value": "qa"}
    primary = {"url": "/scan/", "label": "Scan another lot"}
    return {
        "head": HEAD,
        "refused": refused,
        "foot": {**FOOT, "second": second, "primary": primary},
    }


def _sign() -> dict[str, Any]:
    sign = {
        "url": "/sign/",
        "seq": 41,
        "content_hash": "7b1e04c9" + "00" * 24,
        "title": "Attest operation 2, Load",
        "name": "Kemi Adeyemi",
        "role": "operator",
        "meaning": "I performed these steps as recorded.",
        "at": NOW,
        "rows": [{"strong": "8 steps", "text": "performed by you", "url": "/r/"}],
        "not_yet_url": "/n/",
        "not_yet": "The steps stay to be attested.",
        "proof": {"badge_read": True, "badge": "K-1", "person": "K. Adeyemi"},
    }
    return {"head": HEAD, "sign": sign}


def _home() -> dict[str, Any]:
    due = {
        "mark": "circle-filled-KM",
        "coi": "CHA999926000037",
        "title": "Scan the collection bag",
        "where": "Load, step 11 of 64",
        "safe_until": HEAD["safe_until"],
        "who": "you perform",
        "url": "/step/",
    }
    tasks = [
        {"mark": "square-outlined-HV", "title": "Exchange medium", "note": "P1", "when": "14:05"},
        {"icon": "pen", "title": "Attest", "note": "since 11:20", "url": "/a/"},
        {
            "mark": "shield-filled-WD",
            "title": "Verify",
            "note": "gown B",
            "url": "/t/",
            "action": "Take it",
        },
    ]
    return {
        "home": {"place": "Hall 2, P3", "tablet": "T-14", "person": "K. Adeyemi", "shift": "Early"},
        "scan": {"url": "/open/"},
        "due": due,
        "tasks": tasks,
        "foot": {**FOOT, "lock_url": "/lock/"},
    }


def _board() -> dict[str, Any]:
    day = timedelta(days=1)
    start = NOW - day
    bar = {
        "kind": "running",
        "kind_word": "Running",
        "start": start,
        "end": NOW + day,
        "text": "Culture, day 8",
        "mark": "square-outlined-HV",
        "url": "/batch/",
        "risk": "at risk",
    }
    rows = [{"place": "P1", "unit": "PR-07", "bars": [bar]}]
    columns = [{"label": "Mon 16", "start": start, "end": start + day, "now": True}]
    groups = [{"label": "Hall 2", "note": "grade C", "rows": rows}]
    return {
        "start": start,
        "end": start + 10 * day,
        "now": NOW,
        "columns": columns,
        "groups": groups,
    }


def _desk() -> dict[str, Any]:
    strip = {
        "mark": "shield-outlined-LN",
        "coi": "CHA999926000024",
        "sub": "Batch B-26-0024",
        "facts": [
            {"label": "Courier leaves", "at": NOW},
            {"label": "Record", "value": "In review"},
        ],
    }
    cells = [{"text": "5260304417", "css": "id", "url": "/lot/"}, {"at": NOW}, {"coi": HEAD["coi"]}]
    table = {
        "caption": "Lots",
        "columns": [{"label": "Lot"}, {"label": "Expires"}, {"label": "Batch"}],
        "rows": [{"cells": cells}, {"cells": cells}],
    }
    exceptions = [
        {"id": 1, "severity": "Major", "severity_sign": "warning", "what": "Paused", "url": "/e/"},
        {"id": 2, "severity": "Minor", "what": "Late", "judged": "Accepted, I. Vogt"},
    ]
    gates = [
        {"name": "Record", "state": "clear", "text": "complete"},
        {"name": "Exceptions", "state": "open", "text": "3 to judge", "url": "/x/"},
    ]
    refused = {
        "code": "plan.stale",
        "sentence": "The plan moved on.",
        "way_out": "Look at it again.",
    }
    return {
        "site_name": "Mainz MZ1",
        "nav": ["orders", "quality", "records"],
        "section": "quality",
        "jump_url": "/jump/",
        "person_name": "H. Brenner",
        "person_role": "QA reviewer",
        "sign_out_url": "/out/",
        "language_url": "/language/",
        "strip": strip,
        "table": table,
        "exceptions": exceptions,
        "board": _board(),
        "events": [
            {"at": NOW, "text": "Harvest"},
            {"at": NOW, "text": "Paused", "sign": "warning"},
        ],
        "options": [{"value": "a", "label": "Accept"}],
        "label": "Judgement",
        "name": "judgement",
        "refused": refused,
        "bar": {
            "gates": gates,
            "primary": {"waiting": "Sign review", "note": "Opens after 1 point"},
        },
    }


PAGES = {
    "scan": (SCAN, _scan),
    "value": (VALUE, _value),
    "stop": (STOP, _stop),
    "refused": (REFUSED, _refused),
    "sign": (SIGN, _sign),
    "home": (HOME, _home),
    "desk": (DESK, _desk),
}


def page_html(name: str, **more: Any) -> str:
    """Render one of PAGES; `more` replaces parts of its context."""
    source, context = PAGES[name]
    return engines["django"].from_string(source).render({**context(), **more})
