"""What a production server starts: `gunicorn wsgi:app` (see docs/operating.md)."""

from app import create_app

app = create_app()
