from django.db import migrations

from records.guard import append_only, guarded


class Migration(migrations.Migration):
    """Versions are written by folds only and seen by site; documents are never changed."""

    dependencies = [("recipes", "0001_recipes"), ("records", "0003_walls")]
    operations = [
        *append_only("recipes_document"),
        *guarded("recipes_recipeversion"),
        *guarded("recipes_recipeapproval"),
        *guarded("recipes_recipeuse"),
    ]
