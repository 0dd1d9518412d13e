"""Kinds of journal entries about archives. Every way in and out is recorded (ARC-08)."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

FILED = kind("archive.filed", _("filed “{title}” under {stage}"), icon="folder-plus")
SUMMARISED = kind("archive.summarised", _("wrote the summary"), icon="file-text")
PACKED = kind(
    "archive.packed", _("sealed the archive package: {files} files, SHA-256 {sha256}"), icon="package"
)
TAKEN = kind("archive.taken", _("downloaded the archive package"), icon="download")
VERIFIED = kind(
    "archive.verified", _("verified the archive package: {problems} problems"), icon="shield-check"
)
