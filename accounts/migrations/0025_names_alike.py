from django.db import migrations, models

COMPARED = r"lower(regexp_replace(normalize(%(expressions)s, NFKC), '\s', '', 'g'))"
# Letters of other scripts that look like these of the Latin one; and I, which looks like l.
LOOKS_LIKE = (
    "асеорхуіїјѕһԁԛԝкмнтвёӏαβεζηικμνορτυχıɡi",
    "aceopxyiïjshdqwkmhtbëlabezhikmnoptyxigl",
)
# What leaves no mark of its own on paper: of no width, of direction, fillers, variants, tags; and
# marks that no letter was composed with.
UNSEEN = (
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u0300-\u036f\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\U000e0000-\U000e0fff]"
)
ALIKE = (
    f"translate(translate(regexp_replace({COMPARED}, '{UNSEEN}', '', 'g'),"
    f" '{LOOKS_LIKE[0]}', '{LOOKS_LIKE[1]}'), 'i', 'l')"
)
# Of the accounts that are there, whoever looks like an earlier one stays out of the index by id:
# what was accepted then stays, as in 0015. Everybody who joins from now on is in it.
INDEX = """
DO $do$
DECLARE
    apart text;
BEGIN
    SELECT string_agg(quote_literal(id), ', ') INTO apart FROM (
        SELECT id, row_number() OVER (PARTITION BY {seen} ORDER BY joined_at, id) AS place
          FROM accounts_person WHERE {condition}) alike WHERE place > 1;
    DROP INDEX {name};
    EXECUTE 'CREATE UNIQUE INDEX {name} ON accounts_person ((' || $x${seen}$x$ || '))'
        || $x$ WHERE {condition}$x$ || coalesce(' AND id NOT IN (' || apart || ')', '');
END $do$;
"""
BEFORE = """
DROP INDEX {name};
CREATE UNIQUE INDEX {name} ON accounts_person (
    (lower(regexp_replace(normalize({column}, NFKC), '\\s', '', 'g')))) WHERE {condition};
"""
INDEXES = (
    ("accounts_person_one_human", "printed_name", "another_human = ''", models.Q(another_human="")),
    (
        "accounts_person_paper", "identity_check", "another_human IS NOT NULL",
        models.Q(another_human__isnull=False),
    ),
    (
        "accounts_person_paper_again", "identity_recheck", "NOT identity_recheck = ''",
        ~models.Q(identity_recheck=""),
    ),
)  # fmt: skip


def alike(column: str) -> models.Func:
    return models.Func(models.F(column), template=ALIKE, output_field=models.TextField())


def looks(name: str, column: str, condition: str, q: models.Q) -> migrations.RunSQL:
    """Return the operation that compares a column by how it looks."""
    seen = ALIKE % {"expressions": column}
    said = {"name": name, "column": column, "condition": condition, "seen": seen}
    constraint = models.UniqueConstraint(alike(column), condition=q, name=name)
    return migrations.RunSQL(
        INDEX.format(**said),
        BEFORE.format(**said),
        state_operations=[
            migrations.RemoveConstraint("person", name),
            migrations.AddConstraint("person", constraint),
        ],
    )


# Who comes back finds their old secrets temporary: the act says that the account was enabled.
COME_BACK = """
DROP TRIGGER mes_by_entry ON accounts_credential;
CREATE TRIGGER mes_by_entry BEFORE INSERT OR UPDATE OR DELETE ON accounts_credential
    FOR EACH ROW EXECUTE FUNCTION mes_by_entry('person_id', 'credential.changed', 'person.enabled');
ALTER TABLE accounts_credential ENABLE ALWAYS TRIGGER mes_by_entry;
"""


class Migration(migrations.Migration):
    """A second account by a letter that cannot be seen, or by one that looks the same."""

    dependencies = [("accounts", "0024_secrets_by_entry")]

    operations = [*(looks(*one) for one in INDEXES), migrations.RunSQL(COME_BACK, "")]
