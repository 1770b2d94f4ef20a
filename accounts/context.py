"""What every page shows of the person, the site and the tablet."""

from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import policy, selectors
from accounts.access import access_of
from accounts.permissions import Permission, role_title
from accounts.selectors import Access
from records.web import actor_of

# Section of the navigation → the permission that opens its first page.
SECTIONS = {
    "orders": Permission.ORDERS_READ,
    "board": Permission.PLANNING_READ,
    "batches": Permission.BATCHES_READ,
    "quality": Permission.QUALITY_READ,
    "recipes": Permission.RECIPES_READ,
    "materials": Permission.MATERIALS_READ,
    "equipment": Permission.EQUIPMENT_READ,
    "records": Permission.RECORDS_READ,
    "people": Permission.ACCOUNTS_READ,
    "system": Permission.RECORDS_WATCH,
}


def person_and_place(request: HttpRequest) -> dict[str, Any]:
    """Return the context of base.html and tablet.html for the person signed in."""
    access = access_of(request)
    if access is None:
        return {}
    return {
        "access": access,
        "site_name": access.site.name,
        "nav": [key for key, permission in SECTIONS.items() if access.may(permission)],
        "person_name": access.person.printed_name,
        "person_role": role_title(actor_of(request).role),
        "sign_out_url": reverse("accounts:sign_out"),
        "jump_url": reverse("jump"),
        "language_url": reverse("set_language"),
        "passkey_question": partial(_passkey_question, access),
        "own_ways_url": reverse("accounts:own_ways") if _has_ways(access) else "",
        "owed_url": reverse("accounts:owed"),
        "documents_url": _documents_url(access),
        "owes": access.owes,
        "one_component": access.opened_by_both and access.device is None,
        "policy_due": access.person.policy != policy.VERSION,
        "policy": {"version": policy.VERSION, "sentences": policy.SENTENCES},
        "open_alarms": selectors.open_alarms,
        "may": {str(permission) for permission in access.permissions},
        **(_tablet(request, access) if access.device else {}),
    }


def _documents_url(access: Access) -> str:
    may = access.device is None and access.may(Permission.DOCUMENTS_READ)
    return reverse("accounts:documents") if may else ""


def _has_ways(access: Access) -> bool:
    """Say whether the person can add a passkey or a generator here: at desks."""
    return access.device is None and (settings.MES_PASSKEYS or settings.MES_CODES)


def _passkey_question(access: Access) -> str:
    """Return where a signature's page asks for a passkey; nothing for who has none."""
    if access.device is not None or not settings.MES_PASSKEYS:
        return ""
    held = selectors.holds_passkey(access.person.id)
    return reverse("accounts:passkey_question") if held else ""


def _tablet(request: HttpRequest, access: Access) -> dict[str, Any]:
    device = access.device
    back = urlencode({"next": request.get_full_path()})
    return {
        "device": device,
        # One's own badge, scanned where none is asked for, locks entry; the page does not say it.
        "badge_out": sha256(f"{access.period}{access.person.badge.lower()}".encode()).hexdigest(),
        "badge_salt": str(access.period),
        "idle_seconds": device and device.lock_after,
        "entry_locked": access.locked,
        "lock_url": reverse("accounts:lock"),
        "unlock_url": f"{reverse('accounts:unlock')}?{back}",
    }
