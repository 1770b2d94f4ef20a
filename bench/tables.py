"""The baselines' tables, made by the owner in the throw-away database."""

from django.apps import apps
from django.db import connections


def make_tables() -> None:
    """Create the tables of every model of this package, history included."""
    with connections["owner"].schema_editor() as editor:
        for model in apps.get_app_config("bench").get_models():
            editor.create_model(model)
