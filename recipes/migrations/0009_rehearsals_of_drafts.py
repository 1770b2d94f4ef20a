from django.db import migrations


class Migration(migrations.Migration):
    """A rehearsal is of a version, or of a draft as it stood."""

    dependencies = [("recipes", "0008_documents_by_hash")]
    operations = [migrations.RenameField("reciperehearsal", "version", "of")]
