"""Refusals of printed names."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Param, Refusal, refuses


class NameNotPlain(Refusal):
    """A printed name with characters that nobody sees, or letters of several scripts."""

    code = "person.name_not_plain"
    status = 422
    sentence = _(
        "The printed name has a character that cannot be seen, or letters of several scripts."
    )
    way_out = _("Type it anew, in the letters of one script, as the paper shows it.")


class NameTaken(Refusal):
    """Four eyes are two people, and a person is an account: a human has one."""

    code = "person.name_taken"
    sentence = _("There is an account with this printed name already.")
    way_out = _(
        "If it is the same human, no second account is made: ask for a role for the first, or for"
        " it to be enabled again."
        " If it is another one, write how you know."
    )

    def __init__(self, **account: str) -> None:
        params: dict[str, Param] = {**account}
        super().__init__(field="another_human", streams=(), **params)


class NameTakenBy(NameTaken):
    """The same, where the account is one of the site."""

    code = "person.name_taken_by"
    sentence = _("%(person)s has an account already, user name %(username)s.")


class NumberTaken(NameTaken):
    """The same, where the number of the paper is known and not the name."""

    code = "person.number_taken"
    sentence = _("An account stands on a paper with this number already.")


class NumberTakenBy(NumberTaken):
    """The same, where the account is one of the site."""

    code = "person.number_taken_by"
    sentence = _(
        "On a paper with this number stands the account of %(person)s, user name %(username)s."
    )


refuses("accounts_person_one_human", NameTaken)
