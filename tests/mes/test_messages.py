"""Sentences of templates are found for translation as Django will look them up."""

from io import BytesIO

from mes.lib.messages import extract

TEMPLATE = b"""{% load i18n %}
<p title="{% translate "Scan the bag" %}">{% trans 'Hold' context "noun" as hold %}</p>
{% blocktranslate trimmed count n=bags %}
  One bag
{% plural %}
  {{ n }} bags at 100 %
{% endblocktranslate %}
{% include "x.html" with label=_("Lot") %}{{ value|default:_("none yet") }}
{% translate variable %}
<i data-left="{% translate '%s left' %}"></i>"""


def test_template_sentences_are_found_with_plural_and_context() -> None:
    found = list(extract(BytesIO(TEMPLATE), {}, [], {}))
    assert found == [
        (2, "gettext", "Scan the bag", []),
        (2, "pgettext", ("noun", "Hold"), []),
        (3, "ngettext", ("One bag", "%(n)s bags at 100 %%"), []),
        (8, "gettext", "Lot", []),
        (8, "gettext", "none yet", []),
        (10, "gettext", "%%s left", []),
    ]
