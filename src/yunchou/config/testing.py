"""The settings of the test suite: the product's own, with a throw-away data folder and cheap passwords."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# One folder for a run, in it one for each of xdist's workers, which end without cleaning up after themselves.
_run = os.environ.get("YUNCHOU_TEST_DIR")
if not (_run and "PYTEST_XDIST_WORKER" in os.environ):
    _run = os.environ["YUNCHOU_TEST_DIR"] = tempfile.mkdtemp(prefix="yunchou-test-")
    atexit.register(shutil.rmtree, _run, ignore_errors=True)
_data = os.environ["YUNCHOU_DATA_DIR"] = str(Path(_run) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ.setdefault("YUNCHOU_FONT_DIR", str(Path(__file__).resolve().parents[3] / "var" / "fonts"))
os.environ.pop("YUNCHOU_CLOCK", None)

from yunchou.config.messages import compile_stale  # noqa: E402
from yunchou.config.settings import *  # noqa: E402, F403
from yunchou.config.settings import DATABASES, LOGGING, PACKAGE, STORAGES  # noqa: E402

if "PYTEST_XDIST_WORKER" not in os.environ:
    compile_stale(PACKAGE)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests do not run collectstatic.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
LOGGING["handlers"] = {"console": {"class": "logging.NullHandler"}, "file": {"class": "logging.NullHandler"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: races and the live server use connections of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_data) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
