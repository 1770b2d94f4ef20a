"""What the web server loads. The database pool exists in this process only."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mes.settings")
os.environ["MES_PROCESS"] = "web"

application = get_wsgi_application()
