"""`manage.py reseal`: write every encrypted personal value anew under the first key of the ring.

After a new secret was put in front of `YUNCHOU_SEALING_KEYS` or `YUNCHOU_APART_KEYS`.
May be stopped and begun again; people can go on working.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yunchou.kernel.core.sealing import reseal, sealed_models


class Command(BaseCommand):
    help = "Encrypt personal values anew under the first key of its ring."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in sealed_models():
            self.stdout.write(f"{model._meta.label}: {reseal(model)}")
