"""`python -m yunchou`: `up` starts everything, `pdf-fonts` fetches the Chinese fonts, the rest is Django's."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunchou.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "up"
    if command == "up":
        from yunchou.config.up import up

        sys.exit(up(sys.argv[2:]))
    if command == "pdf-fonts":
        from yunchou.config.fonts import fetch

        sys.exit(fetch())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
