"""django-helpdesk from the package index, on SQLite: `get_email`, as its cron job runs it."""

import os
import sqlite3
import subprocess
from pathlib import Path

from benchmarks.peers.peer import Ended, Stored, environment, version
from benchmarks.peers.polling import poll
from benchmarks.place import DOMAIN, Place
from tests.servers.dovecot import PASSWORD

NAME = "django-helpdesk"
REQUIREMENT = "django-helpdesk>=2.6,<2.7"
BOX = "django-helpdesk"
SETTINGS = """\
from pathlib import Path

FOLDER = Path(__file__).parent
SECRET_KEY = "only for this benchmark"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
SITE_ID = 1
HELPDESK_TEAMS_MODE_ENABLED = False
ROOT_URLCONF = "peer_urls"
STATIC_URL = "/static/"
MEDIA_ROOT = str(FOLDER / "media")
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # composed, and sent nowhere
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "db.sqlite3"}}
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
    "django.contrib.sites", "django.contrib.humanize", "helpdesk",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
"""
URLS = """\
from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
"""
QUEUE = """\
import django
django.setup()
from helpdesk.models import Queue
Queue.objects.create(
    title="Support", slug="support", email_address="{box}@{domain}", allow_email_submission=True,
    email_box_type="imap", email_box_host="127.0.0.1", email_box_port={port},
    email_box_user="{box}@{domain}", email_box_pass="{password}", email_box_interval=0,
)
"""


def take_in(place: Place, limit: float) -> Ended:
    """Make a site with one queue and poll its mailbox. Raises MissingError."""
    made = environment(NAME, REQUIREMENT)
    python = str(made / "bin/python")
    folder = place.folder / NAME
    folder.mkdir()
    (folder / "peer_settings.py").write_text(SETTINGS)
    (folder / "peer_urls.py").write_text(URLS)
    variables = os.environ | {
        "PYTHONPATH": str(folder),
        "DJANGO_SETTINGS_MODULE": "peer_settings",
        "PYTHONWARNINGS": "ignore",
    }
    queue = QUEUE.format(
        box=BOX, domain=DOMAIN, port=place.dovecot.imap_port, password=PASSWORD
    )  # fmt: skip
    for command in (
        ["-m", "django", "migrate", "--verbosity", "0"],
        ["-m", "django", "loaddata", "emailtemplate.json"],
        ["-c", queue],
    ):
        subprocess.run([python, *command], check=True, capture_output=True, env=variables)
    command = [python, "-m", "django", "get_email", "--quiet"]
    return poll(place, BOX, version(made, NAME), command, variables, lambda: _stored(folder), limit)


def _stored(folder: Path) -> Stored:
    database = sqlite3.connect(folder / "db.sqlite3")
    rows = database.execute("SELECT ticket_id, message_id FROM helpdesk_followup ORDER BY id")
    found = [(str(ticket), message_id or "") for ticket, message_id in rows]
    database.close()
    return found
