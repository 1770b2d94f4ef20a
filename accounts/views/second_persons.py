"""Which second persons have to be on site: the site's setting, with its reasons."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.enums import SecondPerson
from accounts.permissions import Permission
from accounts.services.second_persons import set_second_person
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def second_persons(request: HttpRequest) -> HttpResponse:
    """Show for each second person where they may be; change one, with a reason."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _set(request)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:second_persons")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        rules = selectors.second_person_rules()
        rows = [{"second": second, "rule": rules.get(second.value)} for second in SecondPerson]
        context: dict[str, Any] = {"rows": rows, "refused": refused}
        status = refused.status if refused else 200
        return render(request, "accounts/second_persons.html", context, status=status)


def _set(request: HttpRequest) -> None:
    second, where = request.POST.get("second", ""), request.POST.get("where", "")
    if second not in SecondPerson.values or where not in ("on-site", "remote"):
        raise NotFound()
    reason = request.POST.get("reason", "")
    payload = {"second": second, "where": where, "reason": reason}
    set_second_person(
        command=command_from(request, "second_person.set", payload),
        second=SecondPerson(second), on_site=where == "on-site", reason=reason,
    )  # fmt: skip
