"""What accounts does later: letters to who watches over sign-in, warnings of lapses."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.enums import AlarmKind
from accounts.models import Alarm
from accounts.services.alarms import TOPIC
from accounts.services.letters import write_once
from accounts.services.qualifications import (
    DUE_SOON,
    NEW_VERSION,
    ask_retraining,
    warn_of_lapse,
)
from accounts.services.refused_tries import WINDOW_ENDS, tell_refused
from mes.lib.refusals import NotFound
from records import outbox
from records.act import discard
from records.reading import reading


@outbox.subscribe(TOPIC, consumer="accounts.write_to_administrators")
def write_to_administrators(message: outbox.Message) -> None:
    """Send a letter to each address that the site has given: each once, never not at all."""
    alarm = _alarm_of(message)
    if settings.MES_ALARM_MAIL:
        what = AlarmKind(alarm.kind).label
        lines = [
            str(what).capitalize() + ".",
            _("Person: %(name)s") % {"name": alarm.person_name or "–"},
            _("Address: %(address)s") % {"address": alarm.address or "–"},
            _("People tried in vain: %(people)s") % {"people": alarm.people},
            _("Open People, Alarms to see it and to answer it."),
        ]
        for address in settings.MES_ALARM_MAIL:
            text = "\n".join(lines)
            write_once(message, address=address, subject=_("Alarm of sign-in"), text=text)
    discard(message)


def _alarm_of(message: outbox.Message) -> Alarm:
    """Return the alarm; one raised at a desk of another site than the person's is behind a wall."""
    for site in (message.site, None):
        with reading(site=site):
            found = Alarm.objects.filter(id=message.payload["alarm"]).first()
        if found:
            return found
    raise NotFound()


@outbox.subscribe(WINDOW_ENDS, consumer="accounts.tell_refused_tries")
def tell(message: outbox.Message) -> None:
    """Say on the person's stream how many tries of a window were refused."""
    tell_refused(command=message.command("sign_in.tell_refused"), message=message)


@outbox.subscribe(DUE_SOON, consumer="accounts.warn_of_lapse")
def warn(message: outbox.Message) -> None:
    """Tell a person 30 days ahead that a qualification lapses; once for each grant."""
    warn_of_lapse(command=message.command("qualification.warn"), message=message)


@outbox.subscribe(NEW_VERSION, consumer="accounts.ask_retraining")
def retrain(message: outbox.Message) -> None:
    """Tell a person that a new version of a procedure asks for training."""
    ask_retraining(command=message.command("qualification.retrain"), message=message)
