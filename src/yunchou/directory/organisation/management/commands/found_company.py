"""`manage.py found_company NAME --username U --person P`: the first unit and its administrator, on an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.crypto import get_random_string

from yunchou.directory.organisation.actions import found_company
from yunchou.kernel.approvals.actions import install_definitions
from yunchou.kernel.core.errors import Refused

PASSWORD_LENGTH = 20


class Command(BaseCommand):
    help = "Found the company of an empty installation, with its departments, positions, rights, routes and administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the group")
        parser.add_argument("--username", required=True, help="user name of the system administrator")
        parser.add_argument("--person", required=True, help="full name of the system administrator")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        password = get_random_string(PASSWORD_LENGTH)
        try:
            founded = found_company(
                name=options["name"],
                username=options["username"],
                person=options["person"],
                email=options["email"],
                password=password,
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        install_definitions()
        self.stdout.write(f"{founded.group} is founded. {options['username']} signs in with: {password}")
        self.stdout.write("The password is shown only now; change it after signing in.")
