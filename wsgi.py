"""What a production server starts: `gunicorn wsgi:app` (see docs/operating.md)."""

import sys

from app.config import WrongConfiguration
from app.core.i18n import told
from app.running import served

try:
    app = served()
except WrongConfiguration as error:
    sys.exit(f"balise: {told(error)}")
