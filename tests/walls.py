"""``python -m tests.walls`` (``make walls``): list the walls that the migrations make anew."""

import os

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

    from mes import settings
    from tests.support.cluster import cluster

    with cluster().in_use():
        settings.MES_WALLS.write_text(cluster().walls().read_text())
